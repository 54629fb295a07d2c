"""What the demo leaves out: a document checked, blobs cleaned up, a run that fails, who is told of it, a user erased.

Each is a real run, handed to QStash, which delivers it signed to the function's own URL.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from functions.api.keys import create_key
from functions.check_document.contract import CONTRACT as CHECK_DOCUMENT
from functions.check_document.contract import CheckDocument
from functions.cleanup_blobs.contract import CONTRACT as CLEANUP_BLOBS
from functions.cleanup_blobs.contract import CleanupBlobs
from infra.commands.running import CommandProcess
from infra.demo.story import ADA
from infra.demo.witness import Witness
from shared.contract import Contract, Payload
from shared.database import Collection
from shared.runs.model import FINAL
from tests.support.inbox import Inbox

PATIENCE: Final = 90.0
CALLED: Final = ("record_failure", "relay_jobs", "check_health")
"""No run of their own tells of them: they are called back, and by crons."""


@dataclass(frozen=True, slots=True)
class Others:
    ended: Mapping[str, str]
    """The state of the last run of each job."""
    checked: str
    """What the document is after its check."""
    told: Mapping[str, Any]
    """What the webhook said."""
    called: frozenset[str]
    """Which of CALLED have answered a delivery with success."""


async def do_all_others(process: CommandProcess, witness: Witness) -> Others:
    try:
        async with asyncio.timeout(PATIENCE), Inbox.open() as inbox, httpx.AsyncClient(timeout=PATIENCE) as client:
            key = await create_key(
                process.database, name="ops", scopes={"operator"}, by="test", world=process.world, webhook=inbox.url
            )
            client.base_url, client.headers["Authorization"] = httpx.URL(witness.urls.api), f"Bearer {key.key}"
            failing = {"kind": "report", "document": "nowhere"}
            _accepted(await client.post("/v1/jobs/generate_pdf", json=failing))
            document = await _unchecked(process)
            checking = await _enqueued(process, CHECK_DOCUMENT, CheckDocument(document=document))
            cleaning = await _enqueued(process, CLEANUP_BLOBS, CleanupBlobs())
            ended = [await _ended(process, run) for run in (checking, cleaning)]
            checked = await _found(process.database.documents, {"_id": document})
            user = await _found(process.database.users, {"email": ADA})
            erasing = _accepted(await client.delete(f"/v1/users/{user['_id']}"))
            ended.append(await _ended(process, erasing))
            [came, *_] = await inbox.wait_for(1, PATIENCE)
            told = came.verified(str(key.webhook_secret))
            return Others(dict(ended), checked["status"], told, await _called(witness))
    finally:
        await process.close()


async def _unchecked(process: CommandProcess) -> str:
    """A document that is as if its store had told no checksum."""
    document = await _found(process.database.documents, {"deleted_at": None})
    await process.database.documents.update_one({"_id": document["_id"]}, {"$set": {"status": "checking"}})
    return str(document["_id"])


async def _found(collection: Collection, which: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = await collection.find_one(which)
    assert found is not None
    return found


def _accepted(answer: httpx.Response) -> str:
    """The run."""
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job"])


async def _enqueued(process: CommandProcess, contract: Contract[Any], payload: Payload) -> str:
    return (await process.enqueuer.enqueue(contract, payload, owner="test")).run.id


async def _ended(process: CommandProcess, run: str) -> tuple[str, str]:
    """Its job, and the state that it has come to."""
    while True:
        found = await _found(process.database.runs, {"_id": run})
        if found["state"] in {state.value for state in FINAL}:
            return str(found["job"]), str(found["state"])
        await asyncio.sleep(0.1)


async def _called(witness: Witness) -> frozenset[str]:
    """Crons come every half minute at the demo's pace; the call back, after the delivery that has failed."""
    while True:
        delivered = {event["url"] for event in witness.events(state="DELIVERED")}
        called = {name for name in CALLED if witness.urls.functions[name] in delivered}
        if len(called) == len(CALLED):
            return frozenset(called)
        await asyncio.sleep(0.5)
