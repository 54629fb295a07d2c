"""Crons, their zones, and how a faster clock reads them."""

from datetime import UTC, datetime

import pytest

from infra.local.qstash.clock import Scale
from infra.local.qstash.cron import next_firing, parse_cron


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_without_a_zone_a_cron_is_in_utc() -> None:
    assert parse_cron("0 9 * * *").after(moment("2026-07-01T08:00:00")) == moment("2026-07-01T09:00:00")


def test_a_zone_shifts_the_moment() -> None:
    cron = parse_cron("CRON_TZ=Europe/Paris 0 9 * * *")
    assert cron.after(moment("2026-07-01T00:00:00")) == moment("2026-07-01T07:00:00")


def test_a_zone_follows_summer_time() -> None:
    cron = parse_cron("CRON_TZ=America/New_York 0 9 * * *")
    assert cron.after(moment("2026-01-05T00:00:00")) == moment("2026-01-05T14:00:00")
    assert cron.after(moment("2026-07-06T00:00:00")) == moment("2026-07-06T13:00:00")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "* * * *",
        "* * * * * *",
        "61 * * * *",
        "@daily",
        "0 0 30 2 *",
        "CRON_TZ=Mars/Olympus * * * * *",
        "CRON_TZ=../etc * * * * *",
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="invalid cron"):
        parse_cron(text)


def test_at_scale_one_it_fires_by_the_wall_clock() -> None:
    origin, now = moment("2026-01-01T10:10:10"), moment("2026-01-03T10:00:00")
    assert next_firing("0 12 * * *", now=now, origin=origin, scale=Scale()) == moment("2026-01-03T12:00:00")


def test_at_a_days_scale_a_daily_cron_fires_every_second() -> None:
    origin = moment("2026-01-01T00:00:00")
    first = next_firing("0 0 * * *", now=origin, origin=origin, scale=Scale(86400))
    second = next_firing("0 0 * * *", now=first, origin=origin, scale=Scale(86400))
    assert [first - origin, second - origin] == [pytest.approx(1.0), pytest.approx(2.0)]
