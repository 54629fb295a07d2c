"""What becomes of a probe that fails, is slow, is silent or has a fault of its own; time is the test's."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.check_health import probing
from functions.check_health.probing import LIMIT, SLOW, looks
from shared.clock import World
from shared.errors import DependencyDown, PermanentError
from shared.health.model import Look, Status


@dataclass
class Scripted:
    """A probe whose calls end as told, one after the other, each after so many seconds."""

    clock: list[float]
    ends: list[tuple[float, Exception | None]]

    async def __call__(self) -> None:
        seconds, error = self.ends.pop(0)
        self.clock[0] += seconds
        if error is not None:
            raise error


@dataclass
class Log:
    said: list[Any] = field(default_factory=list)

    def error(self, _: str, *, extra: object) -> None:
        self.said.append(extra)


async def look(*ends: tuple[float, Exception | None], log: Log | None = None) -> tuple[Look, Scripted]:
    clock = [0.0]
    probe = Scripted(clock, list(ends))
    found = await looks({"redis": probe}, World(monotonic=lambda: clock[0]), log or Log())
    return found["redis"], probe


def down(why: str = "ConnectError") -> DependencyDown:
    return DependencyDown("redis", why)


async def test_a_probe_that_is_good_at_once_is_made_once() -> None:
    found, probe = await look((0.01, None), (9.0, None))
    assert (found, len(probe.ends)) == (Look(Status.HEALTHY, latency=10), 1)


async def test_one_lost_packet_changes_nothing() -> None:
    found, _ = await look((0.1, down()), (0.02, None))
    assert found == Look(Status.HEALTHY, latency=20)


async def test_a_slow_first_connection_changes_nothing() -> None:
    found, _ = await look((SLOW + 1, None), (0.02, None))
    assert found == Look(Status.HEALTHY, latency=20)


async def test_what_is_slow_twice_is_degraded() -> None:
    found, _ = await look((SLOW + 1, None), (SLOW + 0.5, None))
    assert found == Look(Status.DEGRADED, "slow, 3.0 s", 3000)


async def test_what_fails_twice_is_down_and_says_why_without_its_own_name() -> None:
    found, _ = await look((0.1, down("status 401")), (0.1, down("status 401")))
    assert found == Look(Status.DOWN, "status 401", 100)


async def test_a_refusal_is_told_in_our_words() -> None:
    found, _ = await look((0.1, PermanentError("storage refused the call: AccessDenied")), (0.1, down()))
    assert found.why == "storage refused the call: AccessDenied"


async def test_a_fault_of_a_probe_is_told_by_its_kind_alone_and_hides_no_other_probe() -> None:
    log = Log()
    clock = [0.0]
    faulty = Scripted(clock, [(0.1, ValueError("a secret")), (0.1, ValueError("a secret"))])
    good = Scripted(clock, [(0.0, None)])
    found = await looks({"redis": faulty, "ai": good}, World(monotonic=lambda: clock[0]), log)
    assert found["redis"].why == "the probe fails: ValueError"
    assert found["ai"].found is Status.HEALTHY
    assert "a secret" not in str(log.said)
    assert [line["probe"] for line in log.said] == ["redis", "redis"]


async def test_silence_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "LIMIT", 0.05)
    monkeypatch.setattr(probing, "OVERTIME", 0.05)
    silent: Callable[[], Awaitable[None]] = asyncio.Event().wait  # type: ignore[assignment]  # nobody sets it
    found = await looks({"redis": silent}, World(), Log())
    assert (found["redis"].found, found["redis"].why) == (Status.DOWN, "no answer in 0.05 s")


async def test_probes_are_made_at_once() -> None:
    """Each waits for all others: one after the other they would wait for ever."""
    together = asyncio.Barrier(3)

    async def meet() -> None:
        await together.wait()

    found = await looks(dict.fromkeys(("redis", "ai", "search"), meet), World(), Log())
    assert {look.found for look in found.values()} == {Status.HEALTHY}


def test_two_rounds_of_probes_leave_time_for_the_rest_of_a_turn() -> None:
    from functions.check_health.checking import NEEDED
    from functions.check_health.contract import CONTRACT

    assert CONTRACT.deadline > 2 * (LIMIT + probing.OVERTIME) + NEEDED
