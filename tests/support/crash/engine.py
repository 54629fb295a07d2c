"""Learns the crossings from one clean play of a scenario, then plays it again and again, cut at each of them."""

import time
from collections.abc import Sequence
from typing import Protocol, TypeVar

from tests.support.crash.bench import Bench
from tests.support.crash.crossings import Step, steps
from tests.support.crash.report import Report, Row

T = TypeVar("T")

SHORT = 6
"""Steps of an enumeration in its short form; MILLRACE_SOAK=1 has no limit."""


class Scenario(Protocol[T]):
    """Something that happens at a function, how it is mended after a crash, and what must hold in the end."""

    async def begin(self, tag: str) -> T:
        """Make what the play is about; `tag` is unique to it."""

    async def attempt(self, subject: T) -> Sequence[int]:
        """Play it once, as the outside would; the answers. Only here are crossings counted, and is anything cut."""

    async def mend(self, subject: T, answers: list[int]) -> Sequence[str]:
        """Do what the outside does when something went wrong (adding to `answers`); what is wrong in the end."""


async def crash_everywhere(bench: Bench, scenario: Scenario[T], *, at_most: int | None = SHORT) -> Report:
    """The report of a clean play and of one for each step; nothing is asserted here."""
    clean = await _play(bench, scenario, None, "clean")
    crossings = bench.trap.seen
    if clean.faults:
        return Report(crossings, [clean])
    planned = steps(crossings, at_most=at_most)
    return Report(
        crossings,
        [clean, *[await _play(bench, scenario, step, f"step-{place}") for place, step in enumerate(planned, start=1)]],
    )


async def _play(bench: Bench, scenario: Scenario[T], step: Step | None, tag: str) -> Row:
    began = time.monotonic()
    subject = await scenario.begin(tag)
    bench.trap.set(step)
    answers = list(await scenario.attempt(subject))
    reached = bench.trap.lift()
    await bench.end_orphans()
    faults = list(await scenario.mend(subject, answers))
    if not reached:
        faults.insert(0, "never came to this crossing: the job does not ask the same of the outside each time")
    return Row(step, answers, faults, time.monotonic() - began)
