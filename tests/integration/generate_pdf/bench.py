"""What a test of the PDF job needs: people with documents, a desk that delivers, and eyes on what came of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx

from functions.generate_pdf.contract import CONTRACT, GeneratePdf, Item, Report
from functions.generate_pdf.generating import evidence, generate_pdf
from functions.generate_pdf.services import Services
from functions.send_email.contract import CONTRACT as SEND_EMAIL
from functions.send_email.contract import ReportMail
from shared.clock import new_token
from shared.contract import Contract
from shared.database import Database
from shared.delivery import Handled
from shared.enqueue import Enqueuer
from shared.runs.model import Run, read
from shared.storage import Storage
from tests.support.desk import Desk
from tests.unit.generate_pdf.samples import SHA256, analysis, table

ENOUGH = 115.0
"""Seconds of a fresh Lambda."""


@dataclass
class Bench:
    database: Database
    services: Services

    @property
    def storage(self) -> Storage:
        return self.services.storage

    def desk(self, **changed: Any) -> Desk:
        """A deployment of the job; another desk with `changed` services is the next one."""
        services = replace(self.services, **changed)
        desk = Desk(self.database, CONTRACT, generate_pdf, services=services, evidence=evidence(self.database))
        known: dict[str, Contract[Any]] = {CONTRACT.name: CONTRACT, SEND_EMAIL.name: SEND_EMAIL}
        desk.enqueuer = Enqueuer(self.database, desk.publisher, known, desk.world, desk._alert)
        return desk

    async def person(self) -> str:
        name = new_token()
        await self.database.users.insert_one({"_id": name, "email": f"{name.lower()}@example.com"})
        return name

    async def document(self, owner: str, **changed: Any) -> str:
        """An analysed one, but for what is changed."""
        record: dict[str, Any] = {
            "_id": new_token(),
            "owner": owner,
            "title": "Review of the mills",
            "tags": [],
            "version": 2,
            "indexed_version": 0,
            "file": {
                "key": "files/x",
                "name": "review.pdf",
                "content_type": "application/pdf",
                "size": 1_234_567,
                "sha256": SHA256,
            },
            "status": "analysed",
            "created_at": 1_795_490_145_760,
            "updated_at": 1_795_490_145_760,
            "deleted_at": None,
            "analysis": analysis(),
        }
        await self.database.documents.insert_one(record | changed)
        return str((record | changed)["_id"])

    async def report(self, desk: Desk, owner: str | None = None, document: str | None = None, **changed: Any) -> Run:
        """A run that is to make a report, accepted and not delivered."""
        owner = owner or await self.person()
        document = document or await self.document(owner, **changed)
        asked = GeneratePdf(owner=owner, asked=Report(document=document))
        return (await desk.enqueue(asked, owner=owner)).run

    async def table(self, desk: Desk, *items: Item, **changed: Any) -> Run:
        owner = await self.person()
        asked = GeneratePdf(owner=owner, asked=table(*items, **changed))
        return (await desk.enqueue(asked, owner=owner)).run

    async def deliver(self, desk: Desk, run: Run) -> Handled:
        """As often as it is called: as if all waits were over, and the leases of the dead as well."""
        await desk.change(run.id, lease=0, not_before=0)
        return await desk.deliver(run, remaining=ENOUGH)

    async def result(self, run: Run) -> Any:
        record = await self.database.runs.find_one({"_id": run.id})
        assert record is not None
        return json.loads(record["result"])

    async def record(self, run: Run) -> dict[str, Any]:
        found = await self.database.reports.find_one({"_id": run.id})
        assert found is not None
        return found

    async def pdf(self, run: Run) -> bytes:
        return b"".join([piece async for piece in self.storage.stream(f"reports/{run.id}.pdf")])

    async def mails(self, run: Run) -> Sequence[ReportMail]:
        """Those that were accepted for the owner of the run."""
        found = [read(one) async for one in self.database.runs.find({"job": "send_email", "owner": run.owner})]
        mails = [SEND_EMAIL.payload.model_validate_json(one.payload).mail for one in found]
        return [mail for mail in mails if isinstance(mail, ReportMail)]


async def fetched(url: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as browser:
        return await browser.get(url)
