"""Which Host headers name this machine: what a page made a browser believe is refused."""

import pytest

from infra.local.guard import is_loopback


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost:8000", "127.0.0.1", "127.0.0.1:8000", "127.8.9.1", "[::1]", "[::1]:8000"]
)
def test_the_names_of_this_machine_are_answered(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.com",
        "evil.com:8000",
        "[::1].evil.com",
        "[::1].evil.com:8000",
        "[::1]evil.com",
        "[[::1]]",
        "[::1",
        "::1",
        "127.0.0.1.evil.com",
        "localhost.evil.com",
        "localhost:8000.evil.com",
        "127.0.0.1:80:80",
        "[localhost]",
        "[::2]",
        "localhost:80\n",
        "[evil.com]",
    ],
)
def test_every_other_name_is_refused(host: str) -> None:
    assert not is_loopback(host)
