"""Wherever generate_pdf dies or loses an answer: one file, one record and one mail in the end."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from functions.generate_pdf.contract import CONTRACT, GeneratePdf, Report
from infra.local.servers import bucket
from shared.database import Database
from tests.chaos.conftest import CrashAtEveryStep
from tests.integration.generate_pdf.bench import Bench
from tests.support.crash.deliveries import Scene
from tests.support.crash.mails import mails_to
from tests.support.open_storage import open_storage

pytestmark = [pytest.mark.xdist_group("stack of files"), pytest.mark.timeout(600)]

STEPS = 200
"""More than there are; each has a person and a document of its own."""


async def prepared(database: Database) -> None:
    documents = Bench(database, services=None)  # type: ignore[arg-type]  # it only inserts
    for tag in ("clean", *(f"step-{place}" for place in range(1, STEPS))):
        await database.users.insert_one({"_id": tag, "email": f"{tag}@example.com"})
        await documents.document(tag, _id=tag, title=tag)


def report(tag: str) -> GeneratePdf:
    return GeneratePdf(owner=tag, asked=Report(document=tag))


class Effects:
    """Counts a document's files by what stands in them, its records and its mails, whatever each was made under."""

    def __init__(self) -> None:
        self._titles: dict[str, str | None] = {}

    async def __call__(self, scene: Scene) -> int:
        """As three digits: files, records, mails."""
        tag = GeneratePdf.model_validate_json(scene.run.payload).owner
        records = await scene.database.reports.count_documents({"owner": tag, "size": {"$exists": True}})
        return 100 * await self._files(scene, tag) + 10 * records + await mails_to(scene, f"{tag}@example.com")

    async def _files(self, scene: Scene, tag: str) -> int:
        with open_storage(bucket.settings(scene.urls["storage"], provider="tigris")) as storage:
            keys = [line.key async for page in storage.list("reports/") for line in page]
            for key in set(keys) - self._titles.keys():
                pdf = b"".join([piece async for piece in storage.stream(key)])
                info: Any = PdfReader(io.BytesIO(pdf)).metadata
                self._titles[key] = info.title
        return list(self._titles.values()).count(tag)


async def test_every_crash_leaves_one_file_one_record_and_one_mail(
    crash_at_every_step: CrashAtEveryStep, database: Database
) -> None:
    await prepared(database)
    crashed = await crash_at_every_step(CONTRACT, payload=report, effects=Effects(), exactly=111, direct={"redis"})

    crossings = [str(crossing) for crossing in crashed.crossings]
    assert any(crossing.startswith("storage PUT") for crossing in crossings)
    assert {"mongodb findAndModify reports", "mongodb update reports"} <= set(crossings)
