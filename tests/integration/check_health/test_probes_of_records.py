"""The probes that read what stands in the store: the search index's, and the relay's."""

import time
from typing import Any

import pytest

from shared.config import StorageSettings
from shared.database import Database
from shared.health.model import Status
from shared.search.tantivy import generations
from shared.search.tantivy.generations import Generation, Pack, Segment
from tests.conftest import Objects
from tests.integration.check_health.ground import Ground
from tests.support import postgres
from tests.support.open_storage import open_storage

PACK = "search/of-the-checks.tar"
MINUTE = 60_000


@pytest.fixture(autouse=True)
def _generous(ground: Ground) -> None:
    ground.limits()


@pytest.fixture
def settings(objects: Objects) -> StorageSettings:
    return objects("tigris")


async def committed(database: Database, pack: str) -> None:
    segment = Segment("s", 1, None, {"s.idx": pack})
    new = Generation("token", 1, (segment,), {pack: Pack(1, "00")})
    await generations.swap(database, None, new, {}, retired=frozenset())


async def test_an_index_whose_pack_is_there_is_healthy(ground: Ground, settings: StorageSettings) -> None:
    await committed(ground.database, PACK)
    with open_storage(settings) as storage:
        await storage.create(PACK, b"x", content_type="application/x-tar")
    assert (await ground.look("search")).found is Status.HEALTHY


async def test_an_index_whose_pack_is_gone_is_down(ground: Ground) -> None:
    await committed(ground.database, "search/gone.tar")
    found = await ground.look("search")
    assert (found.found, found.why) == (Status.DOWN, "a pack of the search index is gone")


async def test_an_index_of_which_nothing_was_made_yet_is_healthy(ground: Ground) -> None:
    assert (await ground.look("search")).found is Status.HEALTHY


@pytest.mark.parametrize("part", ["mongodb", "storage"])
async def test_an_index_without_what_it_lies_in_is_down(ground: Ground, part: str) -> None:
    await committed(ground.database, PACK)
    ground.limits(limit=1.0)
    assert (await ground.look_through(part, None, probed="search")).found is Status.DOWN


@pytest.mark.xdist_group("postgres")
async def test_an_index_in_postgresql_is_as_well_as_its_server(ground: Ground) -> None:
    with postgres.running() as server:
        at = {"SEARCH_ENGINE": "postgres", "SEARCH_DATABASE_URL": server.url.get_secret_value()}
        assert (await ground.look("search", **at)).found is Status.HEALTHY
        server.stop()
        assert (await ground.look("search", **at)).found is Status.DOWN


async def test_a_url_that_is_none_of_a_postgresql_is_not_told(ground: Ground) -> None:
    found = await ground.look("search", SEARCH_ENGINE="postgres", SEARCH_DATABASE_URL="nonsense://ann:secret@host")
    assert (found.found, found.why) == (Status.DOWN, "SEARCH_DATABASE_URL is not the URL of a PostgreSQL")


def turn(minutes_ago: float, outcome: str = "succeeded") -> dict[str, Any]:
    return {"ended": now() - int(minutes_ago * MINUTE), "outcome": outcome}


def now() -> int:
    return int(time.time() * 1000)


@pytest.mark.parametrize(
    ("minutes_ago", "found"),
    [([5], Status.HEALTHY), ([22, 13], Status.HEALTHY), ([22], Status.DOWN), ([], Status.DOWN)],
)
async def test_the_relay_is_down_when_no_turn_has_ended_well_for_three_periods(
    ground: Ground, minutes_ago: list[int], found: Status
) -> None:
    """Turns that failed, or are under way, do not count."""
    attempts = [*map(turn, minutes_ago), turn(3, "retrying"), {"started": 1}]
    await ground.database.runs.insert_one({"_id": "cron:relay_jobs", "created": 1, "attempts": attempts})
    assert (await ground.look("relay")).found is found


async def test_a_relay_that_has_only_just_begun_is_healthy_and_one_that_never_ran_is_down(ground: Ground) -> None:
    assert (await ground.look("relay")).why == "it has never run"
    record = {"_id": "cron:relay_jobs", "created": now(), "attempts": [{"started": 1}]}
    await ground.database.runs.insert_one(record)
    assert (await ground.look("relay")).found is Status.HEALTHY


async def test_the_relays_time_goes_as_fast_as_the_housekeepings(ground: Ground) -> None:
    await ground.database.runs.insert_one({"_id": "cron:relay_jobs", "created": 1, "attempts": [turn(1)]})
    assert (await ground.look("relay", TIME_SCALE="60")).why == "no turn has ended well for 60 s"
