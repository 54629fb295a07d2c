"""Wherever erase_user dies or loses an answer: in the end nothing of the user is left, and their record went last."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from functions.erase_user.contract import CONTRACT, EraseUser
from shared.config import StorageSettings
from shared.database import Database
from shared.storage import Storage
from tests.chaos.conftest import CrashAtEveryStep
from tests.conftest import Objects
from tests.support.crash.deliveries import Scene
from tests.support.open_storage import open_storage
from tests.support.stores import keys

pytestmark = [pytest.mark.xdist_group("stack of files"), pytest.mark.timeout(600)]

OWNED = ("runs", "documents", "uploads", "reports", "emails", "idempotent_requests")
FILE = {"name": "m.txt", "content_type": "text/plain", "size": 1, "sha256": "00"}


@pytest.fixture
def settings(objects: Objects) -> StorageSettings:
    return objects("tigris")


@pytest.fixture
async def shelf(settings: StorageSettings) -> AsyncIterator[Storage]:
    with open_storage(settings) as storage:
        yield storage


def objects_of(user: str) -> tuple[str, ...]:
    return f"files/{user}/a", f"texts/{user}/a.txt", f"uploads/{user}.x", f"reports/{user}.pdf"


def moved_in(database: Database, user: str) -> None:
    """Behind a closed door: one thing of each kind, of a document that the index has let go of."""
    now = database.delegate
    file, text, upload, report = objects_of(user)
    now.users.insert_one({"_id": user, "erasing": 1})
    for job, state in (("analyze_document", "queued"), ("report", "succeeded")):
        now.runs.insert_one({**RUN, "_id": f"{user}-{state}", "job": job, "owner": user, "state": state})
    now.documents.insert_one(
        {"_id": user, "owner": user, "deleted_at": 1, "file": {**FILE, "key": file}, "text": {"key": text}}
    )
    now.uploads.insert_one(
        {"_id": user, "owner": user, "key": upload, "state": "unclaimed", "url_expires_at": 1, **FILE}
    )
    now.reports.insert_one({"_id": user, "owner": user, "key": report})
    now.emails.insert_one({"_id": user, "owner": user, "request": f'{{"to": ["{user}@x.y"]}}', "dropped": []})
    now.idempotent_requests.insert_one({"_id": user, "owner": user})


RUN: dict[str, Any] = {
    **dict.fromkeys(("leg", "epoch", "tries", "fence"), 0),
    **dict.fromkeys(("version", "created", "not_before"), 1),
    **dict.fromkeys(("ends_by", "look_at"), 10**15),
    "payload": "{}",
}


async def test_every_crash_leaves_nothing_of_the_user(
    crash_at_every_step: CrashAtEveryStep, database: Database, settings: StorageSettings, shelf: Storage
) -> None:
    def payload(tag: str) -> EraseUser:
        moved_in(database, f"user-{tag}")
        return EraseUser(user=f"user-{tag}")

    async def effects(scene: Scene) -> int:
        """One for the user who is gone, and one more for each thing that is left."""
        user = EraseUser.model_validate_json(scene.run.payload).user
        left = sum([await scene.database[name].count_documents({"owner": user}) for name in OWNED])
        objects = sum([len(await keys(shelf, key)) for key in objects_of(user)])
        return (await scene.database.users.find_one({"_id": user}) is None) + left + objects

    for place in ("clean", *(f"step-{number}" for number in range(1, 60))):
        for key in objects_of(f"user-{place}"):
            await shelf.create(key, b"x", content_type="text/plain")

    crashed = await crash_at_every_step(
        CONTRACT,
        payload=payload,
        effects=effects,
        services={"STORAGE_ENDPOINT": settings.storage_endpoint},
        direct={"redis"},
    )

    crossings = [str(crossing) for crossing in crashed.crossings]
    assert any(crossing.startswith("storage POST") for crossing in crossings)
    assert crossings.index("mongodb delete users") > crossings.index("mongodb delete documents")
