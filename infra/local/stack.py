"""The whole stack on one machine: real servers, our own for the hosted APIs, functions under AWS's runtime client.

    with Stack.start(folder) as stack:
        stack.urls.api ..

Order: MongoDB, Valkey and object storage, then Upstash REST, QStash, Resend and the language model, then the functions,
then the cron schedules, and whom Resend tells of its mails. Nothing is left behind: each process ends with this one,
however that ends (infra/local/tether.py). A service that the environment names (MONGODB_URI, UPSTASH_REDIS_REST_URL,
QSTASH_URL, RESEND_API_URL, STORAGE_ENDPOINT, AI_URL) is used as it is, and ours is not started.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import httpx
from pymongo.errors import PyMongoError

from functions.email_events.event import FOLLOWED, PATH
from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.processes import ROOT, Child, StartError
from infra.local.schedules import apply_schedules
from infra.local.serverless import Service, read_service
from infra.local.servers import bucket, mongo, objects, redis
from shared.collections import ensure
from shared.config import MongoSettings
from shared.database import connect
from shared.errors import MillraceError

REDIS_TOKEN: Final = "local-redis-token"
AI_KEY: Final = "local-ai-key"
READY_TIMEOUT: Final = 60.0

STOPPABLE: Final[Mapping[str, tuple[str, ...]]] = {"redis": ("upstash", "redis")}
"""The services that can be stopped, with the processes that are theirs: first what answers, then what is behind it."""

Say = Callable[[str], None]


class CannotStart(Exception):
    """The stack can't be started as it was asked for; its text is one line for whoever asked."""


class NotOurs(Exception):
    """A service that the environment names is not ours to stop."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a stack may be asked for beside its folder. `pace` divides QStash's own waits.

    With `artifacts` each function runs from `artifacts/NAME.zip`, alone, under `python`; else all run from the tree.
    """

    pace: float = 1.0
    throw_away: bool = False
    api_port: int = 0
    artifacts: Path | None = None
    python: Path | None = None
    say: Say = lambda _: None


@dataclass(frozen=True, slots=True)
class Urls:
    """Where everything answers; without trailing slashes, but for the functions' own."""

    mongodb: str
    redis: str
    qstash: str
    resend: str
    storage: str
    ai: str
    api: str
    host: str
    """The Lambda host's own calls (infra/local/lambda_host/admin.py)."""
    functions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stack:
    folder: Path
    urls: Urls
    environment: Mapping[str, str] = field(repr=False)
    """What the stage file was given."""
    children: Mapping[str, Child] = field(repr=False)
    _stop: ExitStack = field(repr=False)

    @classmethod
    def start(cls, folder: Path, options: Options | None = None) -> Self:
        """Start everything; what had started is stopped when something does not. Raises CannotStart."""
        options = options or Options()
        _demand_free(options.api_port)
        with ExitStack() as stop, _in_one_line():
            starting = _Starting(folder, options, stop)
            environment = starting.services()
            urls = starting.functions(environment)
            return cls(folder, urls, environment, starting.children, stop.pop_all())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stop.close()

    def stopper(self, service: str) -> Callable[[], None]:
        """What kills one of STOPPABLE as a crash does, and for good. Raises NotOurs if the environment names it."""
        names = STOPPABLE[service]
        if not all(name in self.children for name in names):
            raise NotOurs(f"The environment names its own {service}: it can't be stopped here.")

        def stop() -> None:
            for name in names:
                self.children[name].kill()

        return stop


class _Starting:
    def __init__(self, folder: Path, options: Options, stop: ExitStack) -> None:
        self._folder = folder
        self._options = options
        self._logs = folder / "logs"
        self._stop = stop
        self.children: dict[str, Child] = {}

    def services(self) -> Mapping[str, str]:
        """Start what the environment does not name; the stage file's variables."""
        starters = {
            "MONGODB_URI": self._mongodb,
            "UPSTASH_REDIS_REST_URL": self._redis,
            "QSTASH_URL": self._qstash,
            "RESEND_API_URL": self._resend,
            "STORAGE_ENDPOINT": self._storage,
            "AI_URL": self._ai,
        }
        missing = {name: start for name, start in starters.items() if not os.environ.get(name)}
        with ThreadPoolExecutor(len(starters)) as pool:
            addresses = dict(zip(missing, pool.map(lambda start: start(), missing.values()), strict=True))
        return {"UPSTASH_REDIS_REST_TOKEN": REDIS_TOKEN, **os.environ, **addresses}

    def functions(self, environment: Mapping[str, str]) -> Urls:
        """Make the collections, host the functions, and set their crons."""
        asyncio.run(_prepare(environment))
        command = processes.module("infra.local.lambda_host", "--root", str(ROOT), "--log-dir", str(self._logs))
        command += ["--api-port", str(self._options.api_port), *_from_artifacts(self._options)]
        host = self._child("lambda-host", command, env=environment)
        admin = f"http://{LOOPBACK}:{host.port}"
        addresses: dict[str, Any] = httpx.get(f"{admin}/local/addresses", timeout=10).json()
        urls = Urls(
            mongodb=environment["MONGODB_URI"],
            redis=environment["UPSTASH_REDIS_REST_URL"],
            qstash=environment["QSTASH_URL"],
            resend=environment["RESEND_API_URL"],
            storage=environment["STORAGE_ENDPOINT"],
            ai=environment["AI_URL"],
            api=addresses["api"],
            host=admin,
            functions=addresses["functions"],
        )
        service = read_service(ROOT / "serverless.yml", stage="local", env=environment)
        asyncio.run(apply_schedules(service, urls.functions, environment, prune="qstash" in self.children))
        if "resend" in self.children:
            _tell_of_mails(service, urls)
        self._options.say(f"functions     {', '.join(service.entries)} under AWS's runtime client")
        return urls

    def _mongodb(self) -> str:
        running = mongo.start(self._folder / "mongodb", log_dir=self._logs, throw_away=self._options.throw_away)
        self._keep("mongodb", running.child, running.stop)
        return running.uri

    def _redis(self) -> str:
        running = redis.start(self._folder / "redis", log_dir=self._logs)
        self._keep("redis", running.child, running.stop)
        return self._ours("upstash", "--redis", running.address, "--token", REDIS_TOKEN)

    def _qstash(self) -> str:
        return self._ours("qstash", "--state", str(self._folder / "qstash"), "--time-scale", str(self._options.pace))

    def _resend(self) -> str:
        return self._ours("resend", "--state", str(self._folder / "resend"))

    def _storage(self) -> str:
        running = objects.start(
            self._folder / "objects", log_dir=self._logs, access_key=bucket.ACCESS_KEY, secret_key=bucket.SECRET_KEY
        )
        self._keep("objects", running.child, running.stop)
        bucket.make(running.endpoint, os.environ)
        return running.endpoint

    def _ai(self) -> str:
        return self._ours("ai", "--key", os.environ.get("AI_KEY") or AI_KEY)

    def _ours(self, name: str, *options: str) -> str:
        child = self._child(name, processes.module(f"infra.local.{name}", *options))
        return f"http://{LOOPBACK}:{child.port}"

    def _child(self, name: str, command: list[str], *, env: Mapping[str, str] | None = None) -> Child:
        child = processes.start(name, command, log_dir=self._logs, env=env, timeout=READY_TIMEOUT)
        self._keep(name, child, child.stop)
        return child

    def _keep(self, name: str, child: Child, stop: Callable[[], None]) -> None:
        self._stop.callback(stop)
        self.children[name] = child
        self._options.say(f"{name:<13} ready")


def _from_artifacts(options: Options) -> list[str]:
    """The host's own options."""
    given = {"--artifacts": options.artifacts, "--python": options.python}
    return [word for name, path in given.items() if path for word in (name, str(path))]


def _tell_of_mails(service: Service, urls: Urls) -> None:
    """Where our Resend sends its webhooks. A hosted one, which the environment names, is told by its own console."""
    secret = str(service.environments["email_events"]["RESEND_WEBHOOK_SECRET"]).partition(",")[0]
    subscription = {"url": f"{urls.api}{PATH}", "secret": secret, "events": list(FOLLOWED)}
    httpx.put(f"{urls.resend}/local/webhook", json=subscription, timeout=10).raise_for_status()


def _demand_free(port: int) -> None:
    """Ask before anything starts; the host, which comes last, would only say so in its log."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no such port"
            raise CannotStart(f"The API can't listen on port {port}: {reason}. Choose another --api-port.") from error


@contextmanager
def _in_one_line() -> Iterator[None]:
    try:
        yield
    except StartError as error:
        last = error.tail.strip().rpartition("\n")[2]
        raise CannotStart(f"{str(error).partition(';')[0]}: {last or 'it said nothing'}") from error
    except PyMongoError as error:
        said = str(error).partition(" (configured timeouts")[0].partition(", Timeout:")[0]
        raise CannotStart(f"MONGODB_URI: no MongoDB that can be used answers there ({said})") from error
    except MillraceError as error:
        raise CannotStart(error.message) from error


async def _prepare(environment: Mapping[str, str]) -> None:
    settings = MongoSettings.model_validate(
        {
            "stage": "local",
            "mongodb_uri": environment["MONGODB_URI"],
            "mongodb_database": environment.get("MONGODB_DATABASE", "millrace_local"),
        }
    )
    database = connect(settings)
    try:
        await ensure(database)
    finally:
        database.client.close()
