"""Wherever analyze_document dies or loses an answer, there is one text and one full analysis in the end."""

import hashlib

import pytest

from functions.analyze_document.contract import CONTRACT, AnalyzeDocument
from shared.database import Database
from shared.documents.model import read_document
from tests.chaos.conftest import CrashAtEveryStep
from tests.conftest import Objects
from tests.support.crash.deliveries import Scene
from tests.support.open_storage import open_storage

OWNER = "crash-test"
STEPS = 120
"""More than there are crossings and ways to crash at each."""

pytestmark = [pytest.mark.xdist_group("stack of files"), pytest.mark.timeout(900)]


def document(tag: str) -> str:
    """With a digit in each, so that all are one thing to the proxy that names the exchanges."""
    return f"document-0-{tag}"


def text(tag: str) -> bytes:
    """A different one for each step: the model is asked anew."""
    return f"The mill stands by the river. This is what was written in {tag} about its wheel.".encode()


@pytest.fixture
async def storage_endpoint(database: Database, objects: Objects) -> str:
    """Of a store in which a document's file lies for each step."""
    settings = objects("tigris")
    with open_storage(settings) as storage:
        for tag in ["clean", *(f"step-{number}" for number in range(1, STEPS + 1))]:
            content, key = text(tag), f"files/{document(tag)}"
            await storage.create(key, content, content_type="text/plain")
            digest = hashlib.sha256(content).hexdigest()
            file = {"key": key, "name": "a.txt", "content_type": "text/plain", "size": len(content), "sha256": digest}
            await database.documents.insert_one(
                {
                    "_id": document(tag),
                    "owner": OWNER,
                    "title": tag,
                    "tags": [],
                    "version": 1,
                    "indexed_version": 0,
                    "file": file,
                    "status": "stored",
                    "created_at": 1,
                    "updated_at": 1,
                }
            )
    return settings.storage_endpoint


async def test_every_crash_leaves_one_text_and_one_analysis(
    crash_at_every_step: CrashAtEveryStep, objects: Objects, storage_endpoint: str
) -> None:
    async def effects(scene: Scene) -> int:
        """The texts that were read from the document, if its analysis is the run's and its text is one of them."""
        made = AnalyzeDocument.model_validate_json(scene.run.payload).document
        found = read_document(await scene.database.documents.find_one({"_id": made}) or {})
        with open_storage(objects("tigris")) as storage:
            texts = [line.key async for page in storage.list(f"texts/{made}/") for line in page]
        ended = (found.status, found.analysis and (found.analysis["run"], found.analysis["degraded"]))
        named = found.text is not None and found.text.key in texts
        return len(texts) if named and ended == ("analysed", (scene.run.id, False)) else -1

    report = await crash_at_every_step(
        CONTRACT,
        payload=lambda tag: AnalyzeDocument(owner=OWNER, document=document(tag)),
        effects=effects,
        exactly=1,
        services={"STORAGE_ENDPOINT": storage_endpoint},
        direct={"redis"},
    )

    crossings = {crossing.service for crossing in report.crossings}
    assert crossings == {"mongodb", "storage", "ai", "qstash"}
