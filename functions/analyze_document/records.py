"""An analysis on its document's record, and what the run that made it says of it.

    analysis: {summary, key_points, keywords, language, category,      analysis.py
               degraded, model, at, parts, whole, run}

A full analysis replaces any other, the last one stays. A degraded one (made without the model) replaces no full one:
that is part of the update's condition, so that it holds however late a run comes. `run` is the run that made it: so a
repeat knows its own, and so do the upgrades that are to replace it.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from functions.analyze_document.errors import DocumentGone, Unreadable
from functions.analyze_document.outcome import Outcome
from functions.analyze_document.services import Context
from functions.indexing import indexed
from shared.database import Database, reachable
from shared.documents import Document, Status, progress, records
from shared.ends import Evidence
from shared.errors import DependencyDown, RetryableError
from shared.runs.model import Run, to_json

BEGUN_FROM: Final = frozenset({Status.STORED, Status.ANALYSING, Status.UNREADABLE})
ENDED_FROM: Final = BEGUN_FROM | {Status.ANALYSED}


async def find(database: Database, document_id: str, owner: str) -> Document:
    """Raises DocumentGone."""
    async with reachable():
        document = await records.find(database, document_id, owner=owner)
    if document is None:
        raise DocumentGone
    return document


async def begin(context: Context, document: Document) -> None:
    """It is being analysed; one that has a degraded analysis shows that until it has a better one."""
    if document.status in {Status.ANALYSING, Status.ANALYSED}:
        return
    cleared = {"unreadable_because": None}
    begun = await _move(context, document.id, of=BEGUN_FROM, to=Status.ANALYSING, fields=cleared)
    if begun is None:
        raise RetryableError("the document changed meanwhile", retry_after=1)


async def put_back(context: Context, document_id: str) -> None:
    """It is not being analysed any more, and has no analysis. Without the store it stays as it is."""
    with suppress(DependencyDown):
        await _move(context, document_id, of={Status.ANALYSING}, to=Status.STORED)


async def _move(context: Context, document_id: str, **change: Any) -> Document | None:
    """Seen by the search index soon."""
    with indexed(context) as indexing:
        return await progress.move(context.services.database, document_id, indexing=indexing, **change)


def record(outcome: Outcome, run: Run) -> dict[str, Any]:
    """As it is stored. Its time is the store's, of the delivery that made it, in milliseconds."""
    return {
        **outcome.analysis.model_dump(mode="json"),
        "degraded": outcome.degraded,
        "model": outcome.model,
        "at": run.attempts[-1]["started"],
        "parts": outcome.parts,
        "whole": outcome.whole,
        "run": run.id,
    }


async def store(context: Context, document_id: str, made: Mapping[str, Any]) -> Mapping[str, Any]:
    """The analysis that the document has now: this one, or the one that it could not replace. Raises DocumentGone."""
    better = {"analysis.degraded": {"$ne": False}, "analysis.run": {"$ne": made["run"]}} if made["degraded"] else {}
    fields = {"analysis": made, "unreadable_because": None}
    now = await _move(
        context, document_id, of=ENDED_FROM, to=Status.ANALYSED, fields=fields, where=better
    ) or await _read(context, document_id)
    if now is None or now.analysis is None:
        raise DocumentGone
    return now.analysis


async def store_unreadable(context: Context, document_id: str, no: Unreadable) -> dict[str, Any]:
    """What the run says of it. An analysis that it has all the same stays. Raises DocumentGone."""
    because = {"unreadable_because": no.message}
    now = await _move(context, document_id, of=BEGUN_FROM, to=Status.UNREADABLE, fields=because) or await _read(
        context, document_id
    )
    if now is None:
        raise DocumentGone
    return {"status": now.status.value, "because": no.reason} if now.analysis is None else result(now.analysis)


async def _read(context: Context, document_id: str) -> Document | None:
    async with reachable():
        return await progress.read(context.services.database, document_id)


def result(analysis: Mapping[str, Any]) -> dict[str, Any]:
    """The result of the run that made it, or found it made."""
    made = {name: analysis[name] for name in ("degraded", "parts", "model", "whole")}
    return {"status": Status.ANALYSED.value, **made}


def evidence(database: Database) -> Evidence:
    """For the runtime: whether a run that is not to be tried again has stored a full analysis.

    A degraded one does not count: its upgrade would have been enqueued when the run succeeded, and was not.
    """

    async def look(run: Run) -> str | None:
        async with reachable():
            document = await progress.read(database, json.loads(run.payload)["document"])
        made = document.analysis if document is not None else None
        mine = made is not None and not made["degraded"] and made["run"] == run.id
        return to_json(result(made)) if made is not None and mine else None

    return look
