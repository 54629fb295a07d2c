"""Types commands, and has runs for them to be about."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from typer.testing import CliRunner, Result

from functions.registry import contracts
from functions.send_email.contract import ReportMail, SendEmail
from infra.__main__ import app
from shared import audit
from shared.clock import World
from shared.database import Database
from shared.enqueue import Enqueuer
from shared.publishing import Publisher
from shared.runs.finish import End, finish
from shared.runs.model import Run, State, read

ADDRESS = "ann@example.com"
MAIL = SendEmail(
    mail=ReportMail(
        to=ADDRESS, title="Mills", link="https://x.example/secret", expires_at=datetime(2027, 1, 1, tzinfo=UTC)
    )
)


@dataclass(frozen=True, slots=True)
class Typed:
    database: Database

    async def __call__(self, *words: str, answer: str = "") -> Result:
        """In a thread: a command has an event loop of its own."""
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(words), input=answer))

    async def data(self, *words: str) -> Any:
        """What it says to programs."""
        said = await self(*words, "--json")
        assert said.stdout, said.output
        return json.loads(said.stdout)

    async def accepted(self, **options: Any) -> Run:
        nobody = cast("Publisher", None)
        enqueuer = Enqueuer(self.database, nobody, contracts(), World())
        return (await enqueuer.accept(contracts()["send_email"], MAIL, owner="ann", **options)).run

    async def failed(self, *, code: str = "resend_refused", **options: Any) -> Run:
        run = await self.accepted(**options)
        error = {"code": code, "message": "Resend does not take it"}
        end = End(state=State.FAILED, reason="Resend does not take it", error=error)
        ended = await finish(self.database, run, end, alert=None)
        assert ended is not None
        return ended

    async def acts(self) -> list[tuple[str, str, str]]:
        """Who has done what to what, the latest first."""
        return [(one.act.by, one.act.action, one.act.subject) for one in await audit.page(self.database, limit=100)]

    async def read(self, run: Run) -> Run:
        document = await self.database.runs.find_one({"_id": run.id})
        assert document is not None
        return read(document)
