"""What a document gets when the model is given up: an analysis without it, and a time at which it is tried again.

    the analysis that was asked for    ──▶ extractive, stored as degraded ──▶ upgrade 1
    upgrade n, the model is still away ──▶ nothing is stored              ──▶ upgrade n + 1, as long as there is one
    the model will never take it       ──▶ the same, without an upgrade

An upgrade's business key is made of the run whose analysis it is to replace. So a document whose analysis was asked for
again and again while the model was away has one chain of upgrades in the end: each leads to the latest analysis' own.
"""

from collections.abc import Mapping
from typing import Any, Final

from functions.analyze_document import records
from functions.analyze_document.asking import Source
from functions.analyze_document.contract import CONTRACT, AnalyzeDocument
from functions.analyze_document.outcome import Outcome
from functions.analyze_document.patience import upgrade_in
from functions.analyze_document.services import Context
from shared import degraded
from shared.documents import Document
from shared.errors import MillraceError

MODEL: Final = "extractive"


async def without_the_model(
    error: MillraceError, source: Source, document: Document, payload: AnalyzeDocument, context: Context
) -> dict[str, Any]:
    """The run's result: why the model was given up, and in how many seconds it is tried again, if it is."""
    now = document.analysis if payload.upgrade else None
    if now is None:
        now = await _stored(document, source, context)
    if not now["degraded"]:
        return records.result(now)
    wait = upgrade_in(payload.upgrade + 1, error)
    if wait is not None:
        _upgrade(payload, now, wait, context)
    degraded.to("ai", "analysed without it")
    return {**records.result(now), "because": error.code, "upgrade_in": wait}


async def _stored(document: Document, source: Source, context: Context) -> Mapping[str, Any]:
    """Imports what makes it only here: most runs never need that."""
    from functions.analyze_document.extractive import analyse
    from functions.analyze_document.extractive.sample import sample

    analysis = await context.blocking(analyse, source.text)
    whole = source.stored.whole and sample(source.text) == source.text
    outcome = Outcome(analysis=analysis, model=MODEL, parts=0, whole=whole, degraded=True)
    return await records.store(context, document.id, records.record(outcome, context.run))


def _upgrade(payload: AnalyzeDocument, analysis: Mapping[str, Any], wait: float, context: Context) -> None:
    following = payload.model_copy(update={"upgrade": payload.upgrade + 1})
    context.enqueue(CONTRACT, following, key=f"{analysis['run']}.{following.upgrade}", delay=wait)
