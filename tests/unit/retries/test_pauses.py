"""How long a service that throttles is left alone."""

import pytest

from shared.pauses import LONGEST, PAUSE, pause


@pytest.mark.parametrize(("said", "seconds"), [("17", 17), (" 17 ", 17), ("0", 1), ("86400", LONGEST)])
def test_as_long_as_it_says_within_bounds(said: str, seconds: float) -> None:
    assert pause({"retry-after": said}) == seconds


@pytest.mark.parametrize("said", ["", "soon", "-5", "1.5", "٣", "Fri, 31 Dec 1999 23:59:59 GMT"])
def test_some_seconds_where_it_says_nothing_that_is_read(said: str) -> None:
    assert pause({"retry-after": said}) == PAUSE


def test_some_seconds_where_it_says_nothing() -> None:
    assert pause({}) == PAUSE
