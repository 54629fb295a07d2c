"""Cases 7 and 8 at large: work that was accepted is done once, wherever the function that accepted it died."""

from pathlib import Path

import pytest

from shared.database import Database
from tests.chaos.jobs.contracts import NOTE
from tests.support.crash.bench import open_bench
from tests.support.crash.counter import Counter
from tests.support.crash.engine import crash_everywhere
from tests.support.crash.orders import Orders

SERVERLESS = Path(__file__).parent / "jobs" / "serverless.yml"

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(600)]


async def test_accepted_work_is_never_lost_and_never_done_twice(
    database: Database, mongodb_uri: str, tmp_path: Path, counter: Counter, at_most: int | None
) -> None:
    async def effects(order: str) -> int:
        return counter.effects[order]

    await database.create_collection("orders")
    own = {"COUNTER_URL": counter.url}
    async with open_bench("front_desk", database, mongodb_uri, tmp_path, serverless=SERVERLESS, own=own) as bench:
        report = await crash_everywhere(bench, Orders(bench, [NOTE], effects), at_most=at_most)

    report.check()
    assert [str(crossing) for crossing in report.crossings] == [
        "mongodb update orders",
        "mongodb findAndModify runs",
        "mongodb commitTransaction",
        "qstash POST /v2/publish",
        "mongodb update runs",
    ]
