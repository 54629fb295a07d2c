"""What ships in the Lambdas may be shipped under MIT beside it, and docs/licences.md says what it is."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.unit.house.licences import declared, ids
from tests.unit.house.shipped import locked

PAGE: Final = Path(__file__).parents[3] / "docs" / "licences.md"
COMPATIBLE: Final = frozenset(
    {"MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "PSF-2.0", "Unlicense", "0BSD", "MPL-2.0"}
    | {"OFL-1.1"}
)
"""Permissive ones, the MPL, whose terms end at its own files, and the OFL of fonts: those ship unchanged."""


@cache
def listed() -> Mapping[str, str]:
    return dict(re.findall(r"^\| `([^`]+)` \| ([^|]+?) \|", PAGE.read_text("utf-8"), re.MULTILINE))


def test_the_page_lists_what_ships_and_nothing_else() -> None:
    assert sorted(listed()) == sorted(locked())


@pytest.mark.parametrize("package", sorted(locked()))
def test_a_licence_that_ships_is_one_that_goes_with_mit(package: str) -> None:
    found = ids(listed()[package])
    assert found
    assert found <= COMPATIBLE


@pytest.mark.parametrize("package", sorted(locked()))
def test_the_page_says_what_the_package_says_of_itself(package: str) -> None:
    said = declared(package)
    assert said
    assert said <= ids(listed()[package])


@pytest.mark.parametrize("expression", ["GPL-2.0", "GPL-3.0-only", "AGPL-3.0", "LGPL-3.0", "SSPL-1.0", "BUSL-1.1"])
def test_a_licence_that_binds_what_stands_beside_it_is_not_compatible(expression: str) -> None:
    assert not ids(expression) & COMPATIBLE
