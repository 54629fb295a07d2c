"""What waits is counted, and what does not is not; each with the time since when its oldest has been waiting."""

import time
from typing import Any, Final

import pytest

from shared.database import Database
from shared.health.backlogs import backlogs
from shared.health.model import Backlog

NOW: Final = time.time()
AT: Final = int(NOW * 1000)


def run(run_id: str, state: str, **fields: Any) -> dict[str, Any]:
    return {"_id": run_id, "job": "j", "owner": "o", "state": state, "created": AT - 900, "not_before": AT, **fields}


async def test_where_nothing_was_ever_done_nothing_waits(database: Database) -> None:
    assert set((await backlogs(database, NOW)).values()) == {Backlog(0, None)}


@pytest.mark.parametrize(
    ("name", "collection", "waiting", "not_waiting"),
    [
        (
            "pending",
            "runs",
            [run("a", "pending", not_before=AT - 700), run("b", "pending", not_before=AT - 200)],
            [run("later", "pending", not_before=AT + 60_000, created=AT - 9_000), run("c", "queued")],
        ),
        (
            "retrying",
            "runs",
            [run("a", "retrying", created=AT - 700), run("b", "retrying", created=AT - 1)],
            [run("c", "running", lease=AT + 60_000)],
        ),
        (
            "stuck",
            "runs",
            [run("a", "running", lease=AT - 700), run("b", "running", lease=AT - 1)],
            [run("c", "running", lease=AT + 60_000), run("d", "succeeded", lease=AT - 9_000)],
        ),
        (
            "failed",
            "runs",
            [run("a", "failed", created=AT - 700), run("b", "failed", created=AT - 1)],
            [run("c", "cancelled"), run("d", "succeeded")],
        ),
        (
            "unindexed",
            "documents",
            [{"_id": "a", "unindexed_since": AT - 700}, {"_id": "b", "unindexed_since": AT - 1}],
            [{"_id": "c", "version": 1}],
        ),
        ("erasing", "users", [{"_id": "a", "erasing": AT - 700}, {"_id": "b", "erasing": AT}], [{"_id": "c"}]),
        ("orphans", "orphans", [{"_id": "a", "marked_at": AT - 700}, {"_id": "b", "marked_at": AT}], []),
        ("condemned", "condemned", [{"_id": "a", "at": AT - 700}, {"_id": "b", "at": AT}], []),
        (
            "uploads",
            "uploads",
            [
                {"_id": "a", "owner": "o", "state": "unclaimed", "url_expires_at": AT - 700},
                {"_id": "b", "owner": "o", "state": "condemned", "url_expires_at": AT - 1},
            ],
            [
                {"_id": "c", "owner": "o", "state": "claimed", "url_expires_at": AT - 9_000},
                {"_id": "d", "owner": "o", "state": "unclaimed", "url_expires_at": AT + 9_000},
            ],
        ),
        (
            "reports",
            "reports",
            [{"_id": "a", "owner": "o", "expires_at": AT - 700}, {"_id": "b", "owner": "o", "expires_at": AT - 1}],
            [{"_id": "c", "owner": "o", "expires_at": AT + 9_000}],
        ),
    ],
)
async def test_a_backlog_is_what_waits_and_as_old_as_its_oldest(
    database: Database,
    name: str,
    collection: str,
    waiting: list[dict[str, Any]],
    not_waiting: list[dict[str, Any]],
) -> None:
    await database[collection].insert_many([*waiting, *not_waiting])
    assert (await backlogs(database, NOW))[name] == Backlog(2, AT - 700)


async def test_an_uncertain_mail_waits_for_a_person_until_its_run_is_purged_or_has_another_end(
    database: Database,
) -> None:
    runs = {"purged": None, "proven": "succeeded", "open": "failed", "older": "failed"}
    await database.emails.insert_many([{"_id": name, "state": "uncertain", "created": AT - 700} for name in runs])
    await database.emails.insert_one({"_id": "sent", "state": "sent", "created": AT - 900})
    await database.emails.update_one({"_id": "older"}, {"$set": {"created": AT - 800}})
    await database.runs.insert_many([run(name, state) for name, state in runs.items() if state])
    assert (await backlogs(database, NOW))["uncertain"] == Backlog(2, AT - 800)
