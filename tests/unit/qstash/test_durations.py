"""Durations as QStash and rate-limit headers write them."""

import pytest

from infra.local.qstash.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("10s", 10), ("6m5s", 365), ("1d10h30m", 124_200), ("1h30m3s", 5403), ("90", 90), ("1.5s", 1.5), ("250ms", 0.25)],
)
def test_reads(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "s", "10 s", "-5s", "1w", "1e3s", "5m!", "\N{ARABIC-INDIC DIGIT ONE}s", "9" * 30])
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="invalid duration"):
        parse_duration(text)
