"""The work of the job: a document's text, what the model says of it, and the record of that.

    find ──▶ analysing ──▶ text ──▶ ask the model ──▶ store ──▶ analysed
     │           ▲          │            ├─ time is short ──▶ Continue ──▶ the next leg goes on there
     │           │          │            ├─ away ──▶ raised: tried again, while patience lasts (patience.py)
     │           └──────────┼────────────┴─ given up ──▶ extractive ──▶ analysed, degraded ──▶ upgrades, each a run
     │                      └──▶ unreadable: a state of the document; the run has done its work
     ├─ checking ──▶ raised: tried again
     ├─ a full analysis ──▶ done before
     └─ gone, another's, refused ──▶ failed

An upgrade (`payload.upgrade` > 0) comes to a document with a degraded analysis. It replaces it with a full one, or
leaves it as it is and enqueues the next upgrade; it has nothing to do where the document is gone, or has a full one.

What the document's status is while a run goes on, or has ended otherwise than it should:

    between deliveries, and after a run that failed,         stored: whoever ends without an analysis puts it back
    expired or was cancelled
    a Lambda died, or the store was away when it was put     analysing: the next delivery begins from there, and so
    back                                                     does another run, if this one is never delivered again
    two runs at once                                         each asks the model, or its cache; the last full analysis
                                                             stays, and neither puts back what the other has analysed
    a degraded analysis is being replaced                    analysed: it is shown until there is a better one

Prompts and answers are a stranger's words: nothing of them is logged or raised.
"""

from typing import Any

from functions.analyze_document import records
from functions.analyze_document.asking import Progress, Source, ask
from functions.analyze_document.contract import AnalyzeDocument
from functions.analyze_document.degraded import without_the_model
from functions.analyze_document.errors import DocumentGone, NotPromised, Unreadable
from functions.analyze_document.patience import waits
from functions.analyze_document.reading import text_of
from functions.analyze_document.services import Context
from shared.ai import CallRefused, RefusedByModel, TooLong
from shared.context import Continue
from shared.documents import Document, Status
from shared.errors import RetryableError
from shared.shielded import finished


async def analyze_document(payload: AnalyzeDocument, context: Context) -> dict[str, Any] | Continue:
    try:
        return await _analyze(payload, context)
    except DocumentGone:
        if not payload.upgrade:
            raise
        return {"status": "gone"}


async def _analyze(payload: AnalyzeDocument, context: Context) -> dict[str, Any] | Continue:
    database = context.services.database
    document = await records.find(database, payload.document, payload.owner)
    if (before := _done_before(document, payload)) is not None:
        return before
    await records.begin(context, document)
    try:
        ended = await _begun(document, payload, context)
    except BaseException:
        await finished(records.put_back(context, document.id))
        raise
    if isinstance(ended, Continue):
        await records.put_back(context, document.id)
    return ended


def _done_before(document: Document, payload: AnalyzeDocument) -> dict[str, Any] | None:
    """The result where nothing is left to do. Raises NotPromised, RetryableError."""
    if document.status is Status.REFUSED:
        raise NotPromised
    if document.status is Status.CHECKING:
        raise RetryableError("the document's file is still being checked")
    if document.analysis is not None and not document.analysis["degraded"]:
        return records.result(document.analysis)
    if payload.upgrade and document.analysis is None:
        return {"status": document.status.value}
    return None


async def _begun(document: Document, payload: AnalyzeDocument, context: Context) -> dict[str, Any] | Continue:
    try:
        stored, text = await text_of(document, context)
    except Unreadable as no:
        return await records.store_unreadable(context, document.id, no)
    source = Source(stored, text, payload.owner)
    try:
        outcome = await ask(source, context)
    except (RetryableError, TooLong, RefusedByModel, CallRefused) as error:
        if waits(error, context.run):
            raise
        return await without_the_model(error, source, document, payload, context)
    if isinstance(outcome, Progress):
        return Continue(outcome.model_dump(mode="json"))
    return records.result(await records.store(context, document.id, records.record(outcome, context.run)))
