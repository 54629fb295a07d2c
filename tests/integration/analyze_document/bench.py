"""What a test of the job needs: documents with files, a desk that delivers, the model's server, and hands on all."""

import hashlib
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from functions.analyze_document.analyzing import analyze_document
from functions.analyze_document.contract import CONTRACT, AnalyzeDocument
from functions.analyze_document.records import evidence
from functions.analyze_document.services import Context, Services
from shared.ai import Model
from shared.ai.answer_cache import AnswerCache
from shared.ai.budget import Budget
from shared.ai.provider import Provider, Reply, Request
from shared.breakers import Breaker, LocalBreaker
from shared.clock import World
from shared.context import JobContext
from shared.database import Database
from shared.documents import Document, Status
from shared.documents.model import read_document
from shared.redis import Redis
from shared.retries import Retries
from shared.runs.model import Run
from shared.threads import Threads
from tests.support.ai_server import AiServer
from tests.support.desk import Desk

TEXT = "The mill stands by the river. Its wheel turns in the spring flood. The miller grinds rye for the village."
TOKENS = 1_000_000
"""An owner's in a day."""
WHOLE_CALL = 300.0
"""Seconds of a Lambda that has just begun."""


@dataclass
class Asking(Provider):
    """The provider, with something done before each of its calls."""

    behind: Provider
    first: Callable[[], Awaitable[None]] | None = None

    @property
    def id(self) -> str:
        return self.behind.id

    async def ask(self, request: Request) -> Reply:
        if self.first is not None:
            await self.first()
        return await self.behind.ask(request)

    async def reach(self) -> None:
        await self.behind.reach()

    async def close(self) -> None:
        await self.behind.close()


def model_of(provider: Provider, redis: Redis, *, tokens: int = TOKENS, breaker: Breaker | None = None) -> Model:
    """As shared/process.py makes it; its breaker opens for no test that is not of it."""
    world = World()
    return Model(
        provider,
        Budget(redis, tokens_a_day=tokens),
        AnswerCache(redis, world, provider.id),
        breaker=breaker or LocalBreaker("ai", time.monotonic, failures=10_000),
        retries=Retries("ai", world=world),
        world=world,
    )


@dataclass
class Bench:
    """One document's test; the bucket and the model's server are shared, so that keys are the test's own."""

    database: Database
    services: Services
    provider: Asking
    redis: Redis
    ai: AiServer
    """The model's: takes orders of faults, and counts what it was asked."""
    owner: str = field(default_factory=lambda: f"user-{uuid4()}")

    def context(self, run: Run) -> Context:
        """As a delivery of this run would have it, for what a test does beside the job."""
        return JobContext(run, None, self.services, 1e9, World(), Threads(), logging.getLogger("bench"))

    def desk(self, *, world: World | None = None, **changed: Any) -> Desk:
        """A deployment of the job; `changed` are fields of its services."""
        services = replace(self.services, **changed)
        return Desk(
            self.database,
            CONTRACT,
            analyze_document,
            world=world,
            services=services,
            evidence=evidence(self.database),
        )

    async def keep(
        self, body: str | bytes = TEXT, *, name: str = "mill.txt", content_type: str = "text/plain", **fields: Any
    ) -> str:
        """A document of the owner's, as a claim leaves it; its id."""
        made, content = uuid4().hex, body.encode() if isinstance(body, str) else body
        key = f"files/{made}/copy"
        await self.services.storage.create(key, content, content_type=content_type)
        digest = hashlib.sha256(content).hexdigest()
        record = {
            "_id": made,
            "owner": self.owner,
            "title": name,
            "tags": [],
            "version": 1,
            "indexed_version": 0,
            "file": {"key": key, "name": name, "content_type": content_type, "size": len(content), "sha256": digest},
            "status": Status.STORED.value,
            "created_at": 1,
            "updated_at": 1,
        }
        await self.database.documents.insert_one(record | fields)
        return made

    def asked(self, document: str, *, upgrade: int = 0) -> AnalyzeDocument:
        return AnalyzeDocument(owner=self.owner, document=document, upgrade=upgrade)

    async def begun(self, desk: Desk, document: str, *, upgrade: int = 0) -> Run:
        return (await desk.enqueue(self.asked(document, upgrade=upgrade), owner=self.owner)).run

    async def delivered(self, desk: Desk, run: Run, *, later: float = 0.0) -> Run:
        """The next delivery, when its wait is over, so many seconds after the one before; the run after it."""
        await self.age(run, later)
        await desk.change(run.id, not_before=0, lease=0)
        await desk.deliver(await desk.read(run.id), remaining=WHOLE_CALL)
        return await desk.read(run.id)

    async def analysed(self, document: str, desk: Desk | None = None, *, upgrade: int = 0) -> Run:
        """A run of one delivery."""
        desk = desk or self.desk()
        return await self.delivered(desk, await self.begun(desk, document, upgrade=upgrade))

    async def age(self, run: Run, seconds: float) -> None:
        """Let all of the run's deliveries have been so long ago."""
        record = await self.database.runs.find_one({"_id": run.id}) or {}
        attempts = [
            {**attempt, "started": attempt["started"] - int(seconds * 1000)} for attempt in record.get("attempts", ())
        ]
        if attempts:
            await self.database.runs.update_one({"_id": run.id}, {"$set": {"attempts": attempts}})

    async def document(self, document: str) -> Document:
        record = await self.database.documents.find_one({"_id": document})
        assert record is not None
        return read_document(record)

    async def texts(self, document: str) -> list[str]:
        """The keys of the texts that were read from it."""
        return [line.key async for page in self.services.storage.list(f"texts/{document}/") for line in page]

    async def upgrades(self) -> list[Run]:
        """What is still to replace a degraded analysis, in its order."""
        found = [
            await self.desk().read(record["_id"])
            async for record in self.database.runs.find(
                {"job": CONTRACT.name, "payload": {"$not": {"$regex": '"upgrade":0'}}}
            )
        ]
        return sorted(found, key=lambda run: json.loads(run.payload)["upgrade"])


def result(run: Run) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run.result or "null")
    return told
