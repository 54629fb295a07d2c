"""Wherever cleanup_blobs dies or loses an answer: all that is dead goes, and nothing else; nothing is left halfway."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.cleanup_blobs.contract import CONTRACT, CleanupBlobs
from infra.local.servers import bucket, objects
from shared.config import StorageSettings
from shared.database import Database
from tests.chaos.conftest import CrashAtEveryStep
from tests.support.ageing_proxy import ageing
from tests.support.bare_s3 import bare_s3
from tests.support.crash.deliveries import Scene
from tests.support.documents import FILE

KEPT = {"files/live/copy", "texts/live/read.txt", "files/new/orphan"}
DEAD = {
    "uploads/unclaimed",
    "uploads/claimed",
    "files/deleted/copy",
    "texts/deleted/read.txt",
    "reports/expired.pdf",
    "reports/left-by-a-dead-turn.pdf",
    "files/old/orphan",
    "texts/live/old.txt",
}
MARKED = {"files/old/orphan", "texts/live/old.txt"}

pytestmark = [pytest.mark.xdist_group("stack of files"), pytest.mark.timeout(600)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StorageSettings]:
    """Of this test's own: all of the bucket is listed."""
    running = objects.start(
        tmp_path / "objects", log_dir=tmp_path, access_key=bucket.ACCESS_KEY, secret_key=bucket.SECRET_KEY
    )
    bucket.make(running.endpoint, {})
    yield bucket.settings(running.endpoint)
    running.kill()


def dying(database: Database) -> None:
    """One of everything, as it was before the clean delivery."""
    now = database.delegate
    for name in ("uploads", "documents", "reports", "orphans", "condemned"):
        now[name].delete_many({})
    for state in ("unclaimed", "claimed"):
        promise = {"owner": "ada", "name": "a", "content_type": "text/plain", "size": 1, "sha256": "00"}
        times = {"created_at": 1, "url_expires_at": 1}
        now.uploads.insert_one({"_id": state, "key": f"uploads/{state}", "state": state, **promise, **times})
    for name, deleted in (("live", {}), ("deleted", {"deleted_at": 1})):
        text = {"key": f"texts/{name}/read.txt", "characters": 1}
        file = {**FILE, "key": f"files/{name}/copy"}
        now.documents.insert_one(
            {"_id": name, "version": 1, "indexed_version": 1, "file": file, "text": text, **deleted}
        )
    now.reports.insert_one({"_id": "expired", "key": "reports/expired.pdf", "expires_at": 1})
    now.condemned.insert_one({"_id": "reports/left-by-a-dead-turn.pdf", "by": "dead", "at": 1})


async def test_every_crash_leaves_what_is_owned_and_nothing_of_what_is_dead(
    crash_at_every_step: CrashAtEveryStep, database: Database, store: StorageSettings
) -> None:
    s3 = bare_s3(store)

    def payload(_: str) -> CleanupBlobs:
        dying(database)
        for key in KEPT | DEAD:
            etag = s3.put_object(Bucket=store.storage_bucket, Key=key, Body=b"1")["ETag"].strip('"')
            if key in MARKED:
                mark = {"_id": key, "marked_at": 1, "size": 1, "etag": etag, "reason": "orphan"}
                database.delegate.orphans.insert_one(mark)
        return CleanupBlobs(bucket=True, most_share=1)

    async def effects(_: Scene) -> int:
        """Whether bucket and records are as they must be; the new orphan is marked, and no more."""
        listed = await asyncio.to_thread(s3.list_objects_v2, Bucket=store.storage_bucket)
        there = {line["Key"] for line in listed["Contents"]}
        marked = {record["_id"] async for record in database.orphans.find({})}
        left = {
            collection: await database[collection].count_documents({})
            for collection in ("uploads", "documents", "reports", "condemned")
        }
        nothing_more = {"uploads": 0, "documents": 1, "reports": 0, "condemned": 0}
        return int((there, marked, left) == (KEPT, {"files/new/orphan"}, nothing_more))

    async with ageing(store.storage_endpoint) as old:
        crashed = await crash_at_every_step(
            CONTRACT, payload=payload, effects=effects, services={"STORAGE_ENDPOINT": old}, direct={"redis"}
        )
    s3.close()
    crossings = [str(crossing) for crossing in crashed.crossings]
    assert any("condemned" in crossing for crossing in crossings)
    assert any(crossing.startswith("storage POST") for crossing in crossings)
