"""Puts the server together: which call goes where, through what, and what runs beside it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from infra.local.orders import FaultRoutes, Faults, Order
from infra.local.resend.batch import Batch
from infra.local.resend.database import open_database
from infra.local.resend.endpoint import Endpoint
from infra.local.resend.errors import ApiError, answer_error, answer_not_served, validation
from infra.local.resend.faults import Fault, Faulty
from infra.local.resend.gate import Gate
from infra.local.resend.hook_routes import HookRoutes
from infra.local.resend.hooks import Hooks
from infra.local.resend.idempotency import Idempotency
from infra.local.resend.local_routes import Local
from infra.local.resend.mailbox import Mailbox
from infra.local.resend.office import PostOffice
from infra.local.resend.outbox import Outbox
from infra.local.resend.postman import Bell, Postman
from infra.local.resend.ratelimit import RateLimit
from infra.local.resend.routes import Api
from infra.local.resend.store import Store
from infra.local.resend.subscribing import Subscribing
from infra.local.resend.webhooks import Sender
from shared.clock import World

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """`rate` is calls a second (0: unlimited); `api_key` None accepts any."""

    state: Path
    api_key: str | None = None
    rate: int = 5
    key_hours: float = 24
    webhook: Endpoint | None = None


def create_app(options: Options, world: World | None = None) -> Starlette:
    """The server as an ASGI app; its lifespan runs the postman and closes the database."""
    world = world or World()
    database = open_database(options.state)
    hooks = Hooks(database)
    if options.webhook:
        hooks.put_local(options.webhook, now=world.now())
    store, outbox = Store(database), Outbox(database, hooks)
    bell, faults = Bell(), Faults[Fault]()
    office = PostOffice(store, outbox, world, bell.ring)
    idempotency = Idempotency(store, now=world.now, window=options.key_hours * 3600)
    api = Api(office, store, idempotency, world)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                sender = Sender(outbox, hooks, client, world.now)
                postman = asyncio.create_task(Postman(office, store, sender, world, bell).run())
                postman.add_done_callback(_report_a_fall)
                try:
                    yield
                finally:
                    postman.cancel()
                    await asyncio.wait([postman])
        finally:
            database.close()

    gate = Middleware(Gate, limit=RateLimit(options.rate, now=world.now), api_key=options.api_key)
    sending = [gate, Middleware(Faulty, faults=faults, sleep=world.sleep)]
    local, mailbox, accounts = Local(office, store), Mailbox(store), HookRoutes(hooks, world)
    return Starlette(
        routes=[
            Route("/emails", api.send, methods=["POST"], middleware=sending),
            Route("/emails/batch", Batch(api).send, methods=["POST"], middleware=sending),
            Route("/emails", api.list, methods=["GET"], middleware=[gate]),
            Route("/emails/{id}", api.retrieve, methods=["GET"], middleware=[gate]),
            Route("/emails/{id}", api.reschedule, methods=["PATCH"], middleware=[gate]),
            Route("/emails/{id}/cancel", api.cancel, methods=["POST"], middleware=[gate]),
            *accounts.routes(gate),
            Route("/local/emails", local.mails, methods=["GET"]),
            Route("/local/emails", local.clear, methods=["DELETE"]),
            Route("/local/webhook", Subscribing(hooks, world, bell.ring).subscribe, methods=["PUT"]),
            *FaultRoutes(faults, Order[Fault], validation).routes(),
            Route("/", mailbox.index, methods=["GET"]),
            Route("/mail/{id}", mailbox.mail, methods=["GET"]),
        ],
        exception_handlers={
            ApiError: answer_error,
            HTTPException: answer_not_served,
        },
        lifespan=lifespan,
    )


def _report_a_fall(postman: asyncio.Task[None]) -> None:
    """Without this a fault in the background would show only as mails that never leave."""
    if not postman.cancelled() and (fault := postman.exception()) is not None:
        _LOG.critical("the postman fell; nothing leaves any more", exc_info=fault)
