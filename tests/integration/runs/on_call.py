"""Whoever is on call: the operator of a story, a run that has failed for good, and what the audit log says."""

from dataclasses import replace
from typing import Any

from shared import audit
from shared.clock import World
from shared.database import Database
from shared.errors import PermanentError
from shared.runs.model import Run
from shared.runs.operating import Operator
from tests.support.story import Story


def operator(story: Story, **changed: Any) -> Operator:
    return replace(Operator(story.desk.enqueuer, "key:on-call", World()), **changed)


async def failed(story: Story, *, dlq_id: str = "dlq_1", **options: Any) -> Run:
    """Its message is in the dead letters."""

    async def no(*_: object) -> None:
        raise PermanentError("no")

    story.behave = no
    run = await story.accept(**options)
    await story.deliver(run)
    await story.give_up(run, dlq_id=dlq_id, status=489)
    story.behave = story.succeed
    return await story.read(run)


async def acts(database: Database) -> list[tuple[str, str, str]]:
    """Who has done what to which run, the latest first."""
    return [(one.act.by, one.act.action, one.act.subject) for one in await audit.page(database, limit=100)]
