"""What no record names is marked when it is old, swept when the mark is, and left wherever it has an owner."""

import asyncio
import json
from typing import Any, cast

import pytest

from shared.blobs import condemned
from shared.config import StorageSettings
from shared.errors import RetryableError
from shared.health import STORAGE_KEY
from shared.runs.model import State
from shared.search.index import SearchIndex, Tidied
from tests.integration.cleanup_blobs.bench import Bench
from tests.support.bare_s3 import bare_s3
from tests.support.stores import overwrite

ORPHANS = ("files/a/1", "reports/b.pdf", "texts/c/d.txt", "uploads/e")


async def test_an_orphan_is_marked_after_a_day_and_gone_after_two(bench: Bench) -> None:
    await bench.put(*ORPHANS)
    assert (await bench.turn(bucket=True))["marked"] == 0, "it is too young"
    bench.later(days=1, minutes=1)
    assert (await bench.turn(bucket=True))["marked"] == 4
    assert (await bench.turn(bucket=True))["waiting"] == 4
    bench.later(days=1)
    result = await bench.turn(bucket=True)
    assert (result["seen"], result["bytes"], result["due"]) == (4, 20, 4)
    one = {"count": 1, "bytes": 5}
    assert result["deleted"] == {f"orphan_{kind}": one for kind in ("files", "reports", "texts", "uploads")}
    assert (await bench.there(), await bench.marked(), await bench.condemned()) == (set(), set(), set())


async def test_nothing_that_has_an_owner_is_marked_however_old(bench: Bench) -> None:
    await bench.upload("a", url_expires_at=2**53)
    await bench.document("b", text=True)
    await bench.document("deleted", text=True, deleted_at=1, version=2)
    await bench.report("c")
    for state in (State.PENDING, State.QUEUED, State.RUNNING, State.RETRYING):
        await bench.run(state.value, state)
        await bench.put(f"texts/b/{state.value}.txt")
    await bench.put("search/pack.tar", STORAGE_KEY, "backups/theirs.tar")
    overwrite(bench.storage, "files/not for every store \u00e9", b"theirs")
    before = await bench.there()
    for _ in range(3):
        bench.later(days=2)
        result = await bench.turn(bucket=True)
        assert (result["marked"], result["deleted"], result["foreign"]) == (0, {}, 2)
    assert await bench.there() == before


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.FAILED, State.CANCELLED])
async def test_a_text_that_a_run_left_and_did_not_name_is_an_orphan(bench: Bench, state: State) -> None:
    kept = await bench.document("b", text=True)
    await bench.run("over", state)
    await bench.put("texts/b/over.txt")
    await _swept(bench)
    assert await bench.there() == set(kept)


async def test_a_key_of_another_form_below_a_prefix_of_ours_is_an_orphan(bench: Bench) -> None:
    await bench.put("files/lone", "texts/lone", "reports/deep/down", "uploads/deep/deeper/deepest")
    await _swept(bench)
    assert await bench.there() == set()


async def test_what_is_owned_again_is_unmarked(bench: Bench) -> None:
    await bench.put("files/mill/copy")
    bench.later(days=2)
    await bench.turn(bucket=True)
    await bench.database.documents.insert_one({"_id": "mill", "file": {"key": "files/mill/copy"}})
    assert (await bench.turn(bucket=True))["unmarked"] == 1
    assert await bench.marked() == set()


async def test_what_somebody_else_has_deleted_is_unmarked(bench: Bench) -> None:
    """At the beginning, within and at the end of the listing, and in an empty bucket."""
    await bench.put("files/a/1", "files/b/1", "files/c/1", "uploads/z")
    bench.later(days=2)
    await bench.turn(bucket=True)
    await bench.storage.delete(["files/a/1", "files/c/1", "uploads/z"])
    assert (await bench.turn(bucket=True))["unmarked"] == 3
    assert await bench.marked() == {"files/b/1"}
    await bench.storage.delete(["files/b/1"])
    assert (await bench.turn(bucket=True))["unmarked"] == 1


async def test_another_object_at_the_key_begins_to_wait_anew(bench: Bench) -> None:
    await bench.put("uploads/a")
    bench.later(days=2)
    await bench.turn(bucket=True)
    await bench.storage.delete(["uploads/a"])
    await bench.put("uploads/a", body=b"other bytes")
    bench.later(days=2)
    assert (await bench.turn(bucket=True))["marked"] == 1
    assert "uploads/a" in await bench.there()


async def test_a_turn_that_would_delete_too_much_deletes_nothing_and_says_so(
    bench: Bench, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """As when MONGODB_DATABASE names another one. What dies by a record goes all the same."""
    await bench.put(*(f"files/a/{number}" for number in range(30)))
    bench.change(most_share=0.5)
    bench.later(days=2)
    await bench.turn(bucket=True)
    bench.later(days=1)
    await bench.upload("old", put=False)
    capsys.readouterr()
    result = await bench.turn(bucket=True)
    assert (result["refused"], result["due"]) == (True, 30)
    assert set(result["deleted"]) == {"upload_unclaimed"}
    assert len(await bench.there()) == len(await bench.marked()) == 30
    assert [record.levelname for record in caplog.records if "orphaned" in record.message] == ["ERROR"]
    assert _metrics(capsys, "CleanupRefused") == [1.0]
    result = await bench.turn(bucket=True, most_share=1.0)
    assert (result["refused"], result["deleted"]["orphan_files"]["count"]) == (False, 30)
    assert _metrics(capsys, "CleanupRefused") == [0.0]


async def test_what_is_none_of_ours_does_not_make_the_share_that_may_go_larger(bench: Bench) -> None:
    await bench.put(*(f"files/a/{number}" for number in range(30)), *(f"theirs/{number}" for number in range(90)))
    bench.change(most_share=0.5)
    bench.later(days=2)
    await bench.turn(bucket=True)
    bench.later(days=1)
    result = await bench.turn(bucket=True)
    assert (result["refused"], result["foreign"]) == (True, 90)


async def test_a_bucket_with_next_to_nothing_in_it_is_cleaned_too(bench: Bench) -> None:
    bench.change(most_share=0.01)
    await bench.put(*(f"files/a/{number}" for number in range(20)))
    await _swept(bench)
    assert await bench.there() == set()


async def test_a_dry_run_says_what_would_be_marked_and_deleted_and_writes_nothing(bench: Bench) -> None:
    await bench.put("files/a/1", "files/a/2")
    bench.later(days=2)
    planned = await bench.turn(bucket=True, dry_run=True)
    assert (planned["marked"], await bench.marked()) == (2, set())
    await bench.turn(bucket=True)
    bench.later(days=1)
    planned = await bench.turn(bucket=True, dry_run=True)
    assert planned["deleted"] == {"orphan_files": {"count": 2, "bytes": 10}}
    assert (len(await bench.there()), len(await bench.marked()), await bench.condemned()) == (2, 2, set())
    assert (await bench.turn(bucket=True))["deleted"] == planned["deleted"]


async def test_a_dry_run_leaves_what_a_dead_turn_had_condemned(bench: Bench) -> None:
    await bench.put("files/a/1")
    await condemned.condemn(bench.database, ["files/a/1"], by="turn")
    await bench.turn(dry_run=True)
    assert (await bench.there(), await bench.condemned()) == ({"files/a/1"}, {"files/a/1"})


async def test_two_turns_at_once_delete_each_orphan_once(bench: Bench) -> None:
    await bench.put(*(f"files/a/{number}" for number in range(9)))
    bench.later(days=2)
    await bench.turn(bucket=True)
    bench.later(days=1)
    results = await asyncio.gather(*(bench.turn(bucket=True, by=f"{number}") for number in range(3)))
    assert sum(result["deleted"].get("orphan_files", {"count": 0})["count"] for result in results) == 9
    assert (await bench.there(), await bench.marked(), await bench.condemned()) == (set(), set(), set())


@pytest.mark.parametrize("bucket", [True, False])
async def test_a_turn_that_was_stopped_before_its_delete_deletes_nothing_when_it_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, *, bucket: bool
) -> None:
    """As a command does on a laptop that sleeps: meanwhile others have adopted what it had condemned."""
    keys = {"files/a/1", await bench.report("old", expires_at=1 if not bucket else 2**53)}
    await bench.put("files/a/1")
    bench.later(days=2)
    await bench.turn(bucket=bucket, dry_run=not bucket)
    bench.later(days=1)
    condemn = condemned.condemn

    async def then_sleep(*given: Any, **named: Any) -> Any:
        found = await condemn(*given, **named)
        if found:
            bench.later(minutes=10)
        return found

    monkeypatch.setattr(condemned, "condemn", then_sleep)
    with pytest.raises(RetryableError):
        await bench.turn(bucket=bucket)
    assert await bench.there() == keys


async def test_each_batch_is_counted_in_metrics_by_its_reason(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    await bench.put("files/a/1", "files/a/2")
    await bench.upload("old")
    await _swept(bench)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "BlobsDeleted" in line]
    told = {line["reason"]: (line["BlobsDeleted"], line["BytesFreed"]) for line in lines}
    assert told == {"upload_unclaimed": ([1.0], [5.0]), "orphan_files": ([2.0], [10.0])}


async def test_the_index_is_asked_to_collect_what_is_dead_in_it(bench: Bench) -> None:
    class Index:
        async def tidy(self) -> Tidied:
            return Tidied(3, 300)

    bench.change(index=lambda: cast("SearchIndex", Index()))
    assert (await bench.turn())["deleted"] == {}, "once a day is enough"
    assert (await bench.turn(bucket=True, dry_run=True))["deleted"] == {}
    assert (await bench.turn(bucket=True))["deleted"] == {"search_index": {"count": 3, "bytes": 300}}


async def test_multipart_uploads_that_were_never_completed_are_aborted_after_the_grace(
    bench: Bench, yard: StorageSettings
) -> None:
    s3 = bare_s3(yard)
    for key in ("uploads/a", "uploads/a", "uploads/b"):
        begun = s3.create_multipart_upload(Bucket=yard.storage_bucket, Key=key)["UploadId"]
        part = {"Bucket": yard.storage_bucket, "Key": key, "UploadId": begun, "PartNumber": 1}
        await asyncio.to_thread(s3.upload_part, **part, Body=b"12345")
    s3.close()
    assert (await bench.turn(bucket=True))["deleted"] == {}, "they may be going on"
    bench.later(days=1, minutes=1)
    gone = {"multipart": {"count": 3, "bytes": 15}}
    assert (await bench.turn(bucket=True, dry_run=True))["deleted"] == gone
    assert (await bench.turn(bucket=True))["deleted"] == gone
    assert await bench.storage.multipart.page() == ([], ())


async def _swept(bench: Bench) -> None:
    bench.later(days=2)
    await bench.turn(bucket=True)
    bench.later(days=1)
    await bench.turn(bucket=True)


def _metrics(capsys: pytest.CaptureFixture[str], name: str) -> Any:
    (told,) = (json.loads(line)[name] for line in capsys.readouterr().out.splitlines() if name in line)
    return told
