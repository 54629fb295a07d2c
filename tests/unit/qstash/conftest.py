"""A service whose time stands still until a test moves it, and whose destinations are functions."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from infra.local.qstash.service import Service, World, build
from infra.local.qstash.settings import Settings
from tests.unit.qstash.world import FakeClock, Replies, counting


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1_800_000_000.0)


@pytest.fixture
def replies() -> Replies:
    return Replies()


@pytest.fixture
async def make(tmp_path: Path, clock: FakeClock, replies: Replies) -> AsyncIterator[Callable[[float], Service]]:
    """Makes the service at a time scale; nothing runs in the background."""
    made: list[Service] = []

    def build_at(scale: float) -> Service:
        world = World(clock=clock, random=counting(), transport=httpx.MockTransport(replies))
        made.append(build(Settings(state=tmp_path, time_scale=scale), world))
        return made[-1]

    yield build_at
    for service in made:
        await service.carrier.close()
        service.store.database.close()
