"""The API as callers meet it: browsers with cookie jars, servers with keys, and the mail that the test reads itself.

response = await phone.post("/v1/auth/magic-links", json={"email": "ada@example.com"})
token = await front.mailed(response)                 # what the mail's link would hold
"""

import inspect
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, SecretStr

from functions.api import app as api
from functions.api import door
from functions.api.app import create_app
from functions.api.keys import create_key
from functions.api.services import Services
from functions.check_document.contract import CONTRACT as CHECK_DOCUMENT
from functions.erase_user.contract import CONTRACT as ERASE_USER
from functions.send_email.contract import CONTRACT as SEND_EMAIL
from functions.sync_search.contract import CONTRACT as SYNC_SEARCH
from shared.breakers import LocalBreaker
from shared.clock import World
from shared.config import StorageSettings, TokenSettings
from shared.contract import Contract, Payload, Principal, PublicFace
from shared.database import Database
from shared.enqueue import Enqueuer
from shared.rate_limits import RedisRateLimits
from shared.redis import Redis
from shared.runs.model import Run, read
from shared.search.cached import SearchCache
from shared.storage import Storage
from shared.threads import Threads
from shared.tokens import KeyRing, key_ring
from tests.integration.api.listed_index import ListedIndex
from tests.support.desk import FakePublisher

Phone = httpx.AsyncClient
BASE = "https://api.example.com"
LONG = "x" * 32
EVERYWHERE = {"content-type", "content-length", "vary", "x-request-id", *door.HEADERS, *door.HTTPS_ONLY}
"""What every answer has, said once for all in the document or no matter of it."""
UPLOADS: Mapping[str, int] = {"application/pdf": 100_000_000, "text/plain": 100_000_000}
ROUTERS: dict[str, Callable[[], APIRouter]] = {}
"""By the module that makes it."""
DOCUMENTS: dict[tuple[object, ...], Mapping[str, Any]] = {}
"""Of OpenAPI, by what they tell of."""


class Wish(BaseModel, extra="forbid"):
    """What a caller may say."""

    document: str
    colour: str | None = None
    weight: float = 1.0
    extras: dict[str, Any] = {}


class Report(Payload):
    """What the job is asked: the owner is stamped."""

    document: str
    owner: str
    weight: float
    options: dict[str, Any]


def may(principal: Principal, wish: Wish) -> Report:
    if wish.document.startswith("others/"):
        raise PermissionError
    options = {"colour": wish.colour, "secret": "s3cret", **wish.extras}
    return Report(document=wish.document, owner=principal.id, weight=wish.weight, options=options)


def contract(name: str, *, public: bool) -> Contract[Report]:
    return Contract(
        name=name,
        payload=Report,
        timeout=60,
        deadline=40,
        max_age=timedelta(days=1),
        masked=frozenset({"secret"}),
        editable=frozenset({"document", "options"}),
        public=PublicFace(model=Wish, authorize=may) if public else None,
    )


CONTRACTS: Mapping[str, Contract[Any]] = {
    "send_email": SEND_EMAIL,
    "check_document": CHECK_DOCUMENT,
    "sync_search": SYNC_SEARCH,
    "erase_user": ERASE_USER,
    "report": contract("report", public=True),
    "inner": contract("inner", public=False),
}


@dataclass
class Log:
    """Every line that was written, as one would read it."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    def info(self, message: str, *, extra: Mapping[str, Any]) -> None:
        self.lines.append({"message": message, **extra})

    warning = error = info

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["message"] == "request"]


class Front:
    def __init__(self, database: Database, redis: Redis) -> None:
        self.log = Log()
        self._app: FastAPI | None = None
        self.looks: list[Callable[[httpx.Response], Awaitable[None]]] = []
        self.publisher = FakePublisher()
        world = World()
        self.services = Services(
            stage="prod",
            app_url=BASE,
            cors_origins=("https://app.example.com",),
            database=database,
            enqueuer=Enqueuer(database, self.publisher, CONTRACTS, world),
            limits=RedisRateLimits(redis, world, patience=20.0),
            storage=nowhere(),
            upload_limits=UPLOADS,
            index=ListedIndex(),
            found=SearchCache(redis, world),
            token_keys=keys(f"one:{LONG}"),
            world=world,
            log=self.log,
        )

    @property
    def database(self) -> Database:
        return self.services.database

    @property
    def app(self) -> FastAPI:
        """One for all browsers, until something changes."""
        if self._app is None:
            with routers_made_once():
                self._app = create_app(self.services)
        return self._app

    @property
    def document(self) -> Mapping[str, Any]:
        """What OpenAPI tells of it: a tenth of a second's work, done once for all that differ in nothing it tells."""
        services = self.services
        told = (services.app_url, *sorted(services.upload_limits.items()), *sorted(services.enqueuer.contracts))
        if told not in DOCUMENTS:
            DOCUMENTS[told] = self.app.openapi()
        return DOCUMENTS[told]

    def change(self, **changes: Any) -> None:
        """Another deployment of it, for the browsers from now on: fields of Services."""
        self.services = replace(self.services, **changes)
        self._app = None

    def browser(self, *, address: str = "198.51.100.7", headers: Mapping[str, str] | None = None) -> Phone:
        transport = httpx.ASGITransport(app=self.app, client=(address, 0), raise_app_exceptions=True)
        return Phone(transport=transport, base_url=BASE, headers=headers, event_hooks={"response": self.looks})

    async def key(self, *scopes: str) -> dict[str, str]:
        """The headers of a server that holds a key with these scopes."""
        made = await create_key(self.database, name="test", scopes=scopes, by="test", world=World())
        return {"Authorization": f"Bearer {made.key}"}

    async def run(self, run_id: str) -> Run:
        document = await self.database.runs.find_one({"_id": run_id})
        assert document is not None
        return read(document)

    async def mailed(self, response: httpx.Response) -> str:
        """The token that the mail job would compute for this answer's run, from its payload alone."""
        assert response.status_code == 202, response.text
        run = await self.run(response.json()["job"])
        mail = SEND_EMAIL.payload.model_validate_json(run.payload).mail
        assert mail.kind == "sign_in"
        return self.services.token_keys.token(mail.kid, run.id)

    async def signed_in(self, browser: Phone, email: str = "ada@example.com") -> dict[str, str]:
        """The headers of a person who has signed in."""
        token = await self.mailed(await browser.post("/v1/auth/magic-links", json={"email": email}))
        answer = await browser.post("/v1/auth/sessions", json={"token": token})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}


@contextmanager
def routers_made_once() -> Iterator[None]:
    """Those that depend on nothing: to look into all their functions takes 20 ms of a processor for an application."""
    with pytest.MonkeyPatch.context() as patch:
        for module in vars(api).values():
            if hasattr(module, "router") and not inspect.signature(module.router).parameters:
                patch.setattr(module, "router", ROUTERS.setdefault(module.__name__, cache(module.router)))
        yield


def nowhere() -> Storage:
    """Object storage that signs and that nobody answers for: tests of documents put a real one in its place."""
    settings = StorageSettings(
        stage="local",
        storage_provider="tigris",
        storage_endpoint="http://127.0.0.1:9",
        storage_bucket="nowhere",
        storage_access_key_id="x",
        storage_secret_access_key=SecretStr("x"),
    )
    return Storage(settings, Threads(), LocalBreaker("storage", time.monotonic))


def keys(text: str) -> KeyRing:
    return key_ring(TokenSettings(stage="prod", token_keys=SecretStr(text)))


def kind(response: httpx.Response) -> str:
    """The last word of a problem's type; the answer is one as RFC 9457 wants it."""
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == response.headers["x-request-id"]
    return str(problem["type"]).rpartition(":")[2]
