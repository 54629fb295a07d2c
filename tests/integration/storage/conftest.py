"""Tests that ask for `call` run once with each way to call storage."""

import pytest

from tests.integration.storage.opened import CALLS, Call


@pytest.fixture(params=list(CALLS))
def call(request: pytest.FixtureRequest) -> Call:
    return CALLS[request.param]
