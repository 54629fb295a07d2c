"""When a model that is away is waited for, and when it is asked again."""

from datetime import timedelta
from typing import Any

import pytest

from functions.analyze_document.contract import CONTRACT
from functions.analyze_document.patience import (
    HOUR,
    PATIENCE,
    UNFIT_TRIES,
    UPGRADES,
    upgrade_in,
    waited,
    waits,
)
from shared.ai import CallRefused, OverQuota, RefusedByModel, TooLong, Unfit
from shared.errors import DependencyDown, MillraceError
from shared.runs.model import ATTEMPTS_KEPT, Run, State

NOW = 1_700_000_000_000
AWAY = DependencyDown("ai", "status 503")


def run(*ago: float, leg: int = 0, tries: int = 1, earlier: tuple[dict[str, Any], ...] = ()) -> Run:
    """Whose deliveries of this leg were claimed so many seconds ago, the present one last."""
    attempts = tuple({"started": NOW - int(seconds * 1000), "leg": leg} for seconds in ago)
    return Run(
        id="r",
        job="analyze_document",
        version=1,
        owner="o",
        state=State.RUNNING,
        payload="{}",
        leg=leg,
        epoch=leg,
        tries=tries,
        fence=1,
        created=NOW - 10**9,
        not_before=0,
        ends_by=0,
        attempts=(*earlier, *attempts),
    )


def test_patience_is_measured_from_the_first_delivery_of_the_leg() -> None:
    """By the store's clock: the moments at which the deliveries were claimed."""
    assert waited(run(90.5, 30, 0)) == 90.5
    assert waited(run(0)) == 0
    assert waited(run(20, 0, leg=1, earlier=({"started": NOW - 9_000_000, "leg": 0},))) == 20


def test_a_history_that_is_full_is_long_enough() -> None:
    """While a breaker is open deliveries cost no try: the first of them may be forgotten."""
    assert waited(run(*range(ATTEMPTS_KEPT - 1, -1, -1))) > PATIENCE
    assert waited(run(*range(ATTEMPTS_KEPT - 2, -1, -1))) == ATTEMPTS_KEPT - 2


@pytest.mark.parametrize(
    ("error", "at", "expected"),
    [
        (AWAY, run(0), True),
        (AWAY, run(PATIENCE - 1, 0, tries=2), True),
        (AWAY, run(PATIENCE, 0, tries=2), False),
        (AWAY, run(0, tries=CONTRACT.tries), False),
        (DependencyDown("redis", "away"), run(0), True),
        (DependencyDown("ai", "throttled", retry_after=60), run(PATIENCE - 61, 0), True),
        (DependencyDown("ai", "throttled", retry_after=60), run(PATIENCE - 60, 0), False),
        (OverQuota(limit=1, retry_after=PATIENCE - 1), run(0), True),
        (OverQuota(limit=1, retry_after=PATIENCE + 1), run(0), False),
        (Unfit("summary"), run(0, tries=UNFIT_TRIES - 1), True),
        (Unfit("summary"), run(0, tries=UNFIT_TRIES), False),
        (TooLong(), run(0), False),
        (RefusedByModel(), run(0), False),
        (CallRefused("bad_request", 400), run(0), False),
    ],
)
def test_the_model_is_waited_for_while_patience_and_tries_last(
    error: MillraceError, at: Run, *, expected: bool
) -> None:
    assert waits(error, at) is expected


def test_the_tries_outlast_the_patience() -> None:
    """So that it is patience that ends the waiting, and the last tries are left for what else may happen."""
    waiting = [CONTRACT.backoff.wait(retried) for retried in range(CONTRACT.tries - 2)]
    assert sum(waiting) > PATIENCE


def test_upgrades_come_later_and_later_for_a_week() -> None:
    waits_before = [upgrade_in(upgrade, AWAY) for upgrade in range(1, len(UPGRADES) + 1)]
    assert waits_before == [HOUR, 4 * HOUR, 12 * HOUR, *[24 * HOUR] * 6]
    assert timedelta(days=6) < timedelta(seconds=sum(UPGRADES)) < timedelta(days=7)
    assert upgrade_in(len(UPGRADES) + 1, AWAY) is None


def test_an_upgrade_comes_no_earlier_than_there_are_tokens() -> None:
    assert upgrade_in(1, OverQuota(limit=1, retry_after=5 * HOUR)) == 5 * HOUR
    assert upgrade_in(1, OverQuota(limit=1, retry_after=60)) == HOUR


@pytest.mark.parametrize("error", [TooLong(), RefusedByModel()])
def test_what_the_model_will_never_take_is_not_asked_again(error: MillraceError) -> None:
    assert upgrade_in(1, error) is None
    assert upgrade_in(1, CallRefused("bad_request", 400)) == HOUR
