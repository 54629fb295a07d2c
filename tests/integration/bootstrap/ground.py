"""What `bootstrap` is about, as the services themselves have it."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from qstash import QStash
from typer.testing import CliRunner, Result

from infra.__main__ import app
from infra.bootstrap.resend_account import Hook, ResendAccount
from shared.config import StorageSettings
from shared.database import Database
from shared.storage.client import build


@dataclass(frozen=True, slots=True)
class Ground:
    database: Database
    qstash: QStash
    s3: Any
    endpoint: str
    """Of the object store."""
    bucket: str
    webhook: str
    """The address that Resend is to call."""

    async def __call__(self, *words: str, stage: str = "local") -> Result:
        """`bootstrap`, typed; in a thread, because a command has an event loop of its own."""
        whole = ["--stage", stage, "bootstrap", *words]
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, whole))

    async def differing(self, *words: str) -> list[tuple[str, str, str]]:
        """Part, what and kind of all that differs."""
        said = await self("--check", "--json", *words)
        return [(one["part"], one["what"], one["kind"]) for one in json.loads(said.stdout)["changes"]]

    async def webhooks(self) -> list[Hook]:
        """Those that call our address."""
        async with ResendAccount.opened() as account:
            return [one for one in await account.webhooks() if one.endpoint == self.webhook]

    def anybody_lists(self) -> bool:
        """Whether the bucket answers who has not signed."""
        return httpx.get(f"{self.endpoint}/{self.bucket}", params={"list-type": 2}, trust_env=False).is_success


@contextmanager
def opened(database: Database, qstash: QStash, storage: StorageSettings, bucket: str, webhook: str) -> Iterator[Ground]:
    with closing(build(storage)) as client:
        yield Ground(database, qstash, client.s3, storage.storage_endpoint, bucket, webhook)
