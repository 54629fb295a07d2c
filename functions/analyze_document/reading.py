"""The text of a document: read from its file once, by a worker that may be killed, and kept in object storage.

    named on the record ──▶ that object
    not yet             ──▶ file to disk ──▶ worker ──▶ texts/{document}/{run}.txt, written once ──▶ named, if none is
                                               └──▶ Unreadable: it will never be read

    dies before it is named      the same run finds its own object, and takes what is in it; if another run's was named
                                 meanwhile, it is an orphan for the sweep
    two runs at once             the first one's is named; the other throws its own away and reads that one
    deleted meanwhile            nothing is named: thrown away, DocumentGone
    being deleted                a run that failed long ago, and is replayed now: it waits (shared/blobs/condemned.py)
    named, and no longer there   read from the file again, and named in its place

Nothing of it stays on the Lambda's disk.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from functions.analyze_document.errors import DocumentGone, Unreadable
from functions.analyze_document.services import Context
from functions.indexing import indexed
from shared.blobs import condemned
from shared.database import reachable
from shared.documents import Document, StoredText, progress
from shared.errors import RetryableError
from shared.storage import Missing, Storage
from shared.worker import Declined, Limits, OverBudget, WorkerDied

MODULE: Final = "functions.analyze_document.extraction"
LIMITS: Final = Limits(memory=1_200_000_000, file_size=200_000_000)
SECONDS: Final = 60.0
"""For the worker, its start included."""
STORING: Final = 15.0
"""Seconds that are kept for what comes after it."""
MOST_CHARACTERS: Final = 2_000_000
"""Of the text that is kept, which is then 8 MB at most."""
CONTENT_TYPE: Final = "text/plain; charset=utf-8"


async def text_of(document: Document, context: Context) -> tuple[StoredText, str]:
    """Raises Unreadable, DocumentGone, RetryableError."""
    before = document.text
    if before is not None:
        try:
            return before, await _stored(context.services.storage, before.key)
        except Missing:
            context.log.warning("a document's text is gone, and is read from its file again")
    key = f"texts/{document.id}/{context.key}.txt"
    text, whole = await _read_once(document, key, context)
    named = await _name(document, StoredText(key, len(text), whole), before, context)
    return named, text if named.key == key else await _stored(context.services.storage, named.key)


async def _stored(storage: Storage, key: str) -> str:
    return b"".join([piece async for piece in storage.stream(key)]).decode()


async def _read_once(document: Document, key: str, context: Context) -> tuple[str, bool]:
    """What is stored counts: another version of this code may have read the file otherwise, in an earlier attempt."""
    storage = context.services.storage
    with TemporaryDirectory(prefix="document-") as folder:
        file, into = Path(folder, "file"), Path(folder, "text")
        await storage.save(document.file.key, file, most=document.file.size, sha256=document.file.sha256)
        context.need(SECONDS + STORING)
        found = await _extract(document, file, into, context)
        text = (await context.blocking(into.read_bytes)).decode()
        if not text.strip():
            raise Unreadable("empty")
        await condemned.spare(context.services.database, key)
        created = await storage.create(key, into, content_type=CONTENT_TYPE)
    return text if created else await _stored(storage, key), not found["truncated"]


async def _extract(document: Document, file: Path, into: Path, context: Context) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "path": str(file),
        "content_type": document.file.content_type,
        "into": str(into),
        "most_characters": MOST_CHARACTERS,
    }
    try:
        return await context.services.reader.ask(asked, seconds=SECONDS)
    except Declined as no:
        raise Unreadable(no.reason) from no
    except OverBudget as over:
        raise Unreadable(over.budget) from over
    except WorkerDied as died:
        if died.by_itself:
            raise RetryableError(f"the reader does not work (status {died.status})") from died
        raise Unreadable("died") from died


async def _name(document: Document, text: StoredText, before: StoredText | None, context: Context) -> StoredText:
    """The text that the record names from now on: this one, or another run's that was first."""
    database = context.services.database
    with indexed(context) as indexing:
        now = await progress.name_text(database, document.id, text, instead_of=before, indexing=indexing)
    if now is None:
        async with reachable():
            now = await progress.read(database, document.id)
    named = now.text if now is not None else None
    if named is None or named.key != text.key:
        await context.services.storage.delete([text.key])
    if named is None:
        raise DocumentGone
    return named
