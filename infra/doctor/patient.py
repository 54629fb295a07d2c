"""The stage that is examined: its services by clients without breakers and repeats, so that each call tells itself.

What is not configured makes the checks that need it "not tried"; that it is missing is the settings check's to say.
"""

import os
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from functools import cached_property
from typing import Final, TypeVar

import httpx

from functions.check_health.probes.unguarded import Unguarded, once
from infra.commands.handing_over import CallSettings
from infra.commands.qstash import account
from infra.commands.running import CommandProcess
from infra.doctor.aws import Aws
from infra.doctor.model import NotTried
from infra.local.serverless import Service
from infra.schedules.account import Account
from shared.config import MongoSettings, Part, RedisSettings, StorageSettings, load
from shared.database import Database
from shared.errors import ConfigurationError, DependencyDown
from shared.redis import Redis
from shared.storage import Storage

S = TypeVar("S", bound=Part)

PREFIX: Final = "configuration: "
"""What `load` begins with."""
LIMIT: Final = 8.0
"""Seconds for one call."""


class Patient:
    """Nothing is opened before it is needed."""

    def __init__(self, process: CommandProcess, service: Service, aws: Aws, *, mail_to: str = "") -> None:
        self.process = process
        self.service = service
        self.aws = aws
        self.mail_to = mail_to
        """Who is sent a mail; empty: nobody."""

    @property
    def stage(self) -> str:
        return self.process.name

    @property
    def environ(self) -> Mapping[str, str]:
        return os.environ

    def settings(self, part: type[S]) -> S:
        try:
            return load(part)
        except ConfigurationError as error:
            raise NotTried(error.message.removeprefix(PREFIX)) from error

    @property
    def database(self) -> Database:
        self.settings(MongoSettings)
        return self.process.database

    @cached_property
    def storage(self) -> Storage:
        settings, process = self.settings(StorageSettings), self.process
        return Storage(settings, process.threads, Unguarded(), process.world, retries=once("storage"))

    def redis(self) -> Redis:
        return Redis(self.settings(RedisSettings), Unguarded(), once("redis"), limit=LIMIT)

    def qstash(self) -> AbstractAsyncContextManager[Account]:
        self.settings(CallSettings)
        return account()

    async def asks(
        self, service: str, method: str, url: str, *, limit: float = LIMIT, **given: object
    ) -> httpx.Response:
        """One HTTP request, whatever is answered. Raises DependencyDown where nothing is.

        On one machine no proxy of the environment stands between, and there it is not asked for one.
        """
        try:
            async with httpx.AsyncClient(timeout=limit, trust_env=self.stage != "local") as client:
                return await client.request(method, url, **given)  # type: ignore[arg-type]  # httpx's own options
        except httpx.InvalidURL as error:
            raise DependencyDown(service, "what is called is no URL") from error
        except httpx.HTTPError as error:
            raise DependencyDown(service, type(error).__name__) from error

    async def close(self) -> None:
        """What it has opened itself; the process is closed by who made it."""
        if "storage" in vars(self):
            self.storage.close()
