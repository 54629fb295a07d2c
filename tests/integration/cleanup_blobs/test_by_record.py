"""What a record says is dead goes in the next turn, the object first; what it does not say is left."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest

from functions.cleanup_blobs import dying
from functions.cleanup_blobs.contract import CleanupBlobs
from functions.cleanup_blobs.periods import Periods
from shared.documents import backlog, uploads
from shared.runs.model import State
from tests.integration.cleanup_blobs.bench import Bench
from tests.support.stores import doing_first

HOUR = 3_600_000


async def test_an_upload_that_nobody_claimed_goes_when_its_url_is_long_over(bench: Bench) -> None:
    await bench.upload("old")
    still = await bench.upload("still", url_expires_at=bench.now - HOUR // 2)
    result = await bench.turn()
    assert result["deleted"] == {"upload_unclaimed": {"count": 1, "bytes": 5}}
    assert await bench.there() == {still}
    assert [record["_id"] async for record in bench.database.uploads.find({})] == ["still"]


async def test_the_original_of_a_claimed_upload_goes_too_and_its_document_stays(bench: Bench) -> None:
    await bench.upload("claimed", state="claimed", document="mill")
    kept = await bench.document("mill")
    assert (await bench.turn())["deleted"] == {"upload_claimed": {"count": 1, "bytes": 5}}
    assert await bench.there() == set(kept)
    assert await bench.database.uploads.count_documents({}) == 0


async def test_a_condemned_upload_that_a_dead_turn_left_is_gone_on_with(bench: Bench) -> None:
    await bench.upload("left", state="condemned", put=False)
    await bench.turn()
    assert await bench.database.uploads.count_documents({}) == 0


async def test_the_record_of_an_upload_that_may_be_claimed_is_never_erased(bench: Bench) -> None:
    await bench.upload("a", put=False)
    await uploads.erase(bench.database, ["a"])
    assert await bench.database.uploads.count_documents({}) == 1


async def test_an_upload_that_is_claimed_while_the_turn_looks_is_not_deleted(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 27."""
    key = await bench.upload("late")
    condemn = uploads.condemn

    async def claimed_before(*given: Any, **named: Any) -> Collection[str]:
        await bench.database.uploads.update_one({"_id": "late"}, {"$set": {"state": "claimed", "document": "mill"}})
        return await condemn(*given, **named)

    monkeypatch.setattr(uploads, "condemn", claimed_before)
    assert (await bench.turn())["deleted"] == {}
    assert await bench.there() == {key}


@pytest.mark.parametrize("text", [False, True])
async def test_a_deleted_document_goes_after_the_grace_with_file_and_text(bench: Bench, *, text: bool) -> None:
    keys = await bench.document("mill", text=text, deleted_at=bench.now)
    kept = await bench.document("sea", text=True)
    assert (await bench.turn())["deleted"] == {}
    bench.later(days=1, minutes=1)
    result = await bench.turn()
    assert result["deleted"] == {"document_deleted": {"count": len(keys), "bytes": 5 * len(keys)}}
    assert await bench.there() == set(kept)
    assert [record["_id"] async for record in bench.database.documents.find({})] == ["sea"]


async def test_a_deleted_document_that_the_index_still_holds_keeps_its_record(bench: Bench) -> None:
    await bench.document("mill", deleted_at=1, version=2, indexed_version=1, unindexed_since=1)
    assert (await bench.turn())["deleted"] == {}
    await backlog.mark(bench.database, {"mill": 2})
    assert (await bench.turn())["deleted"]["document_deleted"]["count"] == 1
    assert await bench.database.documents.count_documents({}) == 0


async def test_a_deleted_document_that_waits_for_no_sync_and_was_seen_by_none_keeps_its_record(bench: Bench) -> None:
    """Nobody knows what the index holds of it: the audit will, and puts it back."""
    await bench.document("mill", deleted_at=1, version=2, indexed_version=1)
    assert (await bench.turn())["deleted"] == {}
    assert await bench.database.documents.count_documents({}) == 1


async def test_a_document_that_the_audit_puts_back_meanwhile_keeps_its_record(bench: Bench) -> None:
    await bench.document("mill", deleted_at=1)

    async def put_back() -> None:
        await backlog.put_back(bench.database, ["mill"])

    bench.change(storage=doing_first(bench.storage, "delete", put_back))
    await bench.turn()
    assert await bench.database.documents.count_documents({}) == 1


async def test_a_report_goes_when_it_has_expired_unless_its_run_lives(bench: Bench) -> None:
    await bench.report("old", expires_at=1)
    kept = {await bench.report("new"), await bench.report("replayed", expires_at=1)}
    await bench.run("old", State.FAILED)
    await bench.run("replayed", State.RETRYING)
    assert (await bench.turn())["deleted"] == {"report_expired": {"count": 1, "bytes": 5}}
    assert await bench.there() == kept
    assert {record["_id"] async for record in bench.database.reports.find({})} == {"new", "replayed"}
    assert await bench.condemned() == set()


async def test_a_report_that_was_begun_and_never_made_loses_its_record(bench: Bench) -> None:
    await bench.report("begun", put=False, expires_at=1)
    await bench.database.reports.update_one({"_id": "begun"}, {"$unset": {"size": 1, "pages": 1, "sha256": 1}})
    await bench.turn()
    assert await bench.database.reports.count_documents({}) == 0


async def test_what_the_store_does_not_delete_keeps_its_record_and_holds_up_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dying, "MOST_LEFT", 10)
    stuck = {await bench.upload("a"), await bench.report("b", expires_at=1), *await bench.document("c", deleted_at=1)}
    await bench.upload("d", url_expires_at=1)
    delete = bench.storage.delete

    async def but_those(keys: Collection[str]) -> Collection[str]:
        return [*await delete([key for key in keys if key not in stuck]), *(key for key in keys if key in stuck)]

    monkeypatch.setattr(bench.storage, "delete", but_those)
    result = await bench.turn()
    assert (result["failed"], result["deleted"]) == (3, {"upload_unclaimed": {"count": 1, "bytes": 5}})
    assert await bench.there() == stuck
    monkeypatch.setattr(bench.storage, "delete", delete)
    assert sum(one["count"] for one in (await bench.turn())["deleted"].values()) == 3
    assert await bench.there() == set()
    for name in ("uploads", "documents", "reports", "condemned"):
        assert await bench.database[name].count_documents({}) == 0


async def test_two_turns_at_once_delete_all_of_it_and_count_no_report_twice(bench: Bench) -> None:
    for number in range(5):
        await bench.report(f"{number}", expires_at=1)
    results = await asyncio.gather(bench.turn(by="one"), bench.turn(by="two"))
    assert sum(result["deleted"].get("report_expired", {"count": 0})["count"] for result in results) == 5
    assert await bench.there() == set()


async def test_a_dry_run_counts_and_changes_nothing(bench: Bench) -> None:
    await bench.upload("a")
    await bench.upload("b", state="condemned")
    await bench.upload("c", state="claimed")
    await bench.document("d", text=True, deleted_at=1)
    await bench.document("e", deleted_at=1)
    await bench.report("f", expires_at=1)
    before = await bench.there()
    planned = (await bench.turn(dry_run=True))["deleted"]
    assert await bench.there() == before
    assert await bench.database.uploads.count_documents({"state": "unclaimed"}) == 1
    assert planned == {
        "document_deleted": {"count": 3, "bytes": 15},
        "report_expired": {"count": 1, "bytes": 5},
        "upload_claimed": {"count": 1, "bytes": 5},
        "upload_unclaimed": {"count": 2, "bytes": 10},
    }
    assert (await bench.turn())["deleted"] == planned, "and then it does what it said"


def test_periods_are_divided_but_a_claim_is_always_given_its_time() -> None:
    assert Periods.scaled(1) == Periods()
    assert Periods.scaled(24) == Periods(timedelta(hours=1), timedelta(hours=23) / 24, timedelta(hours=1) / 24)
    assert Periods.scaled(100_000).grace == timedelta(seconds=30)
    assert CleanupBlobs() == CleanupBlobs(bucket=False, dry_run=False, most_share=None)
