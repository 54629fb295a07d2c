"""What stands around a cold start: local servers, production's settings with their addresses, and the first events.

A job is called with `doctor`'s probe, which is signed, verified and answered, and touches nothing. send_email gets a
mail to send as well, the API `GET /health`, and email_events a signed event of a mail that nobody knows.
"""

import json
import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from functions.registry import contracts
from functions.send_email.contract import ReportMail, SendEmail
from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.serverless import read_service
from infra.local.serverless.service import Addresses, Service
from infra.local.servers import mongo, redis
from shared.clock import World
from shared.collections import ensure
from shared.config import MongoSettings
from shared.database import Database, connect
from shared.enqueue import Enqueuer
from shared.message import PROBE, Message
from tests.benchmarks.cold_start.ear import Ear
from tests.support import svix
from tests.support.desk import KEY, NEXT_KEY, FakePublisher, signed_event

ROOT: Final = Path(__file__).parents[3]
STAGE: Final = "prod"
TOKEN: Final = "a-token-of-the-benchmark"
SENDER: Final = "Millrace <hello@mail.example.com>"
ADA: Final = "ada@example.com"
CLAIM: Final = b"findAndModify"
"""Of MongoDB's commands; the first one of a delivery."""
LOCK: Final = b"\r\nNX\r\n"
"""Of the SET by which Powertools' idempotency claims a key."""


@dataclass(frozen=True, slots=True)
class Scene:
    mongodb: Ear
    redis: Ear
    environments: Mapping[str, Mapping[str, str]]
    """By function."""
    usual: Mapping[str, str]
    _enqueuer: Enqueuer

    async def mail(self) -> Mapping[str, Any]:
        """The delivery of a mail that has just been accepted."""
        payload = SendEmail(mail=ReportMail(to=ADA, title="March", link="https://x.example/r", expires_at=_now()))
        run = (await self._enqueuer.enqueue(contracts()["send_email"], payload, owner="bench")).run
        return _called(signed_event(Message(run.id, run.job, run.leg, run.epoch).encode()))

    def usual_mail(self) -> Mapping[str, Any]:
        """The same mail for the handler that gets its whole payload from QStash."""
        mail = {"run": secrets.token_hex(8), "to": ADA, "subject": "March", "text": "Your report: https://x.example/r"}
        return _called(signed_event(json.dumps(mail).encode()))

    def first(self, function: str) -> tuple[Mapping[str, Any], int]:
        """The cheapest event that says whether `function` works, and the status that it is answered with."""
        if function == "api":
            return _called(signed_event(b""), "GET", "/health"), 200
        if function == "email_events":
            return svix.webhook(svix.told("delivered", f"re_{secrets.token_hex(8)}", [ADA])), 200
        return _called(signed_event(PROBE)), 200


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    with _servers(folder) as at:
        async with Ear.at(LOOPBACK, at.mongodb, CLAIM) as mongodb, Ear.at(LOOPBACK, at.redis, LOCK) as valkey:
            with _database(at.mongodb) as database, _daemon() as daemon:
                await ensure(database)
                ours = _ours(at, f"mongodb://{mongodb.address}/?directConnection=true", database.name)
                traced = {"AWS_XRAY_DAEMON_ADDRESS": daemon}
                environments = {
                    name: {**declared, **{key: ours[key] for key in declared.keys() & ours.keys()}, **traced}
                    for name, declared in _declared().items()
                }
                usual = {**ours, **traced, "REDIS_URL": f"redis://{valkey.address}/0", "LOG_LEVEL": "INFO"}
                enqueuer = Enqueuer(database, FakePublisher(), contracts(), World(), _no_alert)
                yield Scene(mongodb, valkey, environments, usual, enqueuer)


@dataclass(frozen=True, slots=True)
class _At:
    """Ports of the servers; `rest` and `resend` are URLs."""

    mongodb: int
    redis: int
    rest: str
    resend: str


@contextmanager
def _servers(folder: Path) -> Iterator[_At]:
    with ExitStack() as running:

        def ours(name: str, *options: str) -> str:
            child = processes.start(name, processes.module(f"infra.local.{name}", *options), log_dir=folder)
            running.callback(child.stop)
            return f"http://{LOOPBACK}:{child.port}"

        store = mongo.start(folder / "mongodb", log_dir=folder, throw_away=True)
        running.callback(store.stop)
        valkey = redis.start(folder / "redis", log_dir=folder)
        running.callback(valkey.stop)
        rest = ours("upstash", "--redis", valkey.address, "--token", TOKEN)
        resend = ours("resend", "--state", str(folder / "resend"), "--rate", "0")
        yield _At(store.port, valkey.port, rest, resend)


@contextmanager
def _database(port: int) -> Iterator[Database]:
    uri = SecretStr(f"mongodb://{LOOPBACK}:{port}/")
    database = connect(MongoSettings(stage="local", mongodb_uri=uri, mongodb_database="bench"))
    try:
        yield database
    finally:
        database.client.close()


@contextmanager
def _daemon() -> Iterator[str]:
    """What X-Ray's subsegments are sent to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind((LOOPBACK, 0))
        yield f"{LOOPBACK}:{listening.getsockname()[1]}"


def _declared() -> Mapping[str, Mapping[str, str]]:
    """What serverless.yml gives each function in production; secrets are references there."""
    service: Service = read_service(ROOT / "serverless.yml", stage=STAGE, env=os.environ)
    urls = {name: f"https://{name}.example/" for name in service.urls}
    return {one.name: one.environment for one in service.specs(Addresses("https://api.example", urls))}


def _ours(at: _At, mongodb: str, database: str) -> Mapping[str, str]:
    return {
        "MONGODB_URI": mongodb,
        "MONGODB_DATABASE": database,
        "UPSTASH_REDIS_REST_URL": at.rest,
        "UPSTASH_REDIS_REST_TOKEN": TOKEN,
        "QSTASH_CURRENT_SIGNING_KEY": KEY,
        "QSTASH_NEXT_SIGNING_KEY": NEXT_KEY,
        "RESEND_API_KEY": "re_bench",
        "RESEND_API_URL": at.resend,
        "RESEND_WEBHOOK_SECRET": svix.SECRET,
        "MAIL_FROM": SENDER,
        "TOKEN_KEYS": "bench:a-key-of-the-benchmark-that-is-long-enough",
    }


def _called(event: Mapping[str, Any], method: str = "POST", path: str = "/") -> Mapping[str, Any]:
    """With the rest of what AWS tells, which libraries for any event look at."""
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "bench"}
    context = {**event["requestContext"], "http": http, "routeKey": "$default", "stage": "$default"}
    return {**event, "routeKey": "$default", "rawPath": path, "requestContext": context}


def _now() -> datetime:
    return datetime.now(UTC)


async def _no_alert(*_: object) -> None:
    return None
