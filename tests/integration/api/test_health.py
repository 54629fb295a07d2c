"""Two looks at health: one that asks nobody, for everybody, and one for operators, of what the checks have found."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from shared.clock import World
from shared.database import Database, Session, transaction
from shared.health import records
from shared.health.model import Backlog, Health, Part, Status
from tests.integration.api.front import Front, Phone, kind

AT: Final = int(time.time() * 1000)
AGO: Final = AT - 3_600_000


@pytest.fixture
async def checked(database: Database) -> Health:
    """What a turn has left."""
    health = Health(
        Status.DEGRADED,
        AGO,
        ("redis is down: ConnectError",),
        {
            "redis": Part(Status.DOWN, AGO, "ConnectError", 3, Status.DOWN, AT),
            "pending": Part(Status.HEALTHY, AGO, found_at=AT),
        },
        {"pending": Backlog(7, AGO)},
        AT,
        "a-turn",
    )

    async def work(session: Session) -> None:
        await records.write(database, None, health, session=session)

    await transaction(database, work)
    return health


def at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def asked(front: Front, phone: Phone) -> dict[str, Any]:
    answer = await phone.get("/v1/health", headers=await front.key("operator"))
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_the_shallow_look_is_everybodys_and_asks_nobody(front: Front, phone: Phone) -> None:
    front.database.client.close()
    answer = await phone.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_operators_see_what_the_checks_have_found(front: Front, phone: Phone, checked: Health) -> None:
    found = await asked(front, phone)
    assert (found["status"], found["why"], found["stale"]) == ("degraded", ["redis is down: ConnectError"], False)
    assert (moment(found["since"]), moment(found["checked_at"])) == (at(AGO), at(AT))
    redis, pending = found["parts"]["redis"], found["parts"]["pending"]
    assert (redis["status"], redis["why"], redis["latency"], moment(redis["since"])) == (
        "down",
        "ConnectError",
        3,
        at(AGO),
    )
    assert (pending["status"], pending["why"], pending["latency"]) == ("healthy", None, None)


async def test_what_waits_is_counted_now(front: Front, phone: Phone, checked: Health) -> None:
    """Not as the last turn has counted it."""
    await front.database.runs.insert_one({"_id": "r", "state": "failed", "created": AGO})
    backlogs = (await asked(front, phone))["backlogs"]
    assert backlogs["pending"] == {"count": 0, "oldest_at": None}
    assert (backlogs["failed"]["count"], moment(backlogs["failed"]["oldest_at"])) == (1, at(AGO))
    assert "unindexed" in backlogs


async def test_before_the_first_turn_nothing_is_known(front: Front, phone: Phone) -> None:
    found = await asked(front, phone)
    assert (found["status"], found["stale"], found["parts"]) == (None, True, {})


@pytest.mark.parametrize(("minutes", "stale"), [(14, False), (16, True)])
async def test_it_says_when_the_checks_have_ceased(
    front: Front, phone: Phone, checked: Health, minutes: int, stale: bool
) -> None:
    front.change(world=World(now=lambda: AT / 1000 + minutes * 60))
    async with front.browser() as later:
        assert (await asked(front, later))["stale"] is stale


async def test_time_that_goes_faster_makes_it_stale_sooner(front: Front, checked: Health) -> None:
    front.change(checked_every=timedelta(seconds=5), world=World(now=lambda: AT / 1000 + 16))
    async with front.browser() as later:
        assert (await asked(front, later))["stale"]


@pytest.mark.parametrize("scopes", [("jobs:read", "documents:read"), ()])
async def test_nobody_else_is_told(front: Front, phone: Phone, checked: Health, scopes: tuple[str, ...]) -> None:
    if not scopes:
        assert kind(await phone.get("/v1/health")) == "unauthenticated"
        return
    answer = await phone.get("/v1/health", headers=await front.key(*scopes))
    assert (answer.status_code, kind(answer)) == (403, "scope")
