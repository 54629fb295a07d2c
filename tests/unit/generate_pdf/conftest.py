"""The typesetter, opened once: its fonts take longer than most of these tests."""

import pytest

from functions.generate_pdf.typesetting.press import Press


@pytest.fixture(scope="package")
def press() -> Press:
    return Press()
