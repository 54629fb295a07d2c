"""What a state machine of Hypothesis needs for a story on a real Redis: a loop that stays, and calls that may fail."""

import asyncio
import os
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from infra.local.faults import Fault
from shared.config import RedisSettings
from shared.redis import Redis
from tests.integration.locks.faulty import ANSWER_LOST, QUESTION_LOST, Faulty, faulty_client

SOAK = os.environ.get("MILLRACE_SOAK") == "1"
FATES: st.SearchStrategy[Fault | None] = st.sampled_from([None, None, None, ANSWER_LOST, QUESTION_LOST])
"""Of one exchange: it is well in most cases."""

T = TypeVar("T")


def story(*, examples: int, steps: int) -> settings:
    """The same short ones every day, many others in a soak; shrinking takes long, so it is for a soak."""
    return settings(
        max_examples=examples * 40 if SOAK else examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not SOAK,
        database=None,
        phases=list(Phase) if SOAK else [Phase.generate],
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


class Stage:
    """Where stories are played, one after another."""

    def __init__(self, runner: asyncio.Runner, faulty: Faulty) -> None:
        self._runner = runner
        self._faulty = faulty

    @property
    def redis(self) -> Redis:
        return self._faulty.redis

    def run(self, work: Coroutine[Any, Any, T], fate: Fault | None = None) -> T:
        self._faulty.faults = [] if fate is None else [fate]
        try:
            return self._runner.run(work)
        finally:
            self._faulty.faults = []


@contextmanager
def stage(settings: RedisSettings) -> Iterator[Stage]:
    with asyncio.Runner() as runner:
        client = faulty_client(settings)
        faulty = runner.run(client.__aenter__())
        yield Stage(runner, faulty)
        runner.run(client.__aexit__(None, None, None))
