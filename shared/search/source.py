"""What a search index is made of: documents of MongoDB as they are searched, with their texts from object storage.

A text that is not there is indexed as none: the document is found by everything else, and again when it has a text.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from shared.database import Database, reachable
from shared.documents import Document, backlog
from shared.documents.backlog import Waiting
from shared.documents.content import DOCX, PDF
from shared.documents.model import read_document
from shared.search.index import Known
from shared.search.model import Entry, Gone, State
from shared.side_by_side import side_by_side
from shared.storage import Missing, Storage

DOCUMENTS: Final = 200
CHARACTERS: Final = 8_000_000
"""What a batch has at most, unless one document alone has more."""
AT_ONCE: Final = 4
"""Texts that are read side by side."""
PAGE: Final = 5_000
"""Documents that are looked through at a time."""

TYPES: Final[Mapping[str, str]] = {
    PDF: "pdf",
    DOCX: "docx",
    "text/markdown": "markdown",
    "text/html": "html",
    "text/plain": "text",
}
UNKNOWN: Final = "und"
"""BCP 47's tag of an undetermined language."""


class Source:
    """What waits, and what is known of documents. `log` is told of texts that are not there."""

    def __init__(self, database: Database, storage: Storage, log: Any) -> None:
        self._database = database
        self._storage = storage
        self._log = log

    async def backlog(self, *, besides: Collection[str] = ()) -> Sequence[str]:
        """Ids of the longest waiting, as many as one batch may have."""
        async with reachable():
            waiting = await backlog.page(self._database, DOCUMENTS, besides=besides)
        return [one.id for one in within(waiting)]

    async def documents(self, ids: Collection[str]) -> Sequence[Document]:
        """As they are now, deleted ones too; one without a record is left out."""
        async with reachable():
            found = self._database.documents.find({"_id": {"$in": sorted(ids)}})
            return [read_document(record) for record in await found.to_list(len(ids))]

    async def states(self, ids: Collection[str]) -> Sequence[State]:
        return await self.read(await self.documents(ids))

    async def read(self, documents: Iterable[Document]) -> Sequence[State]:
        """As an index takes them."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(document: Document) -> State:
            if document.deleted_at is not None:
                return Gone(document.id, document.version)
            async with gate:
                return entry(document, await self._text(document))

        return await side_by_side(map(one, documents))

    async def known(self) -> AsyncIterator[Sequence[Known]]:
        after = ""
        fields = {"version": 1, "deleted_at": 1}
        while True:
            async with reachable():
                found = self._database.documents.find({"_id": {"$gt": after}}, fields).sort("_id", 1).limit(PAGE)
                page = [
                    Known(record["_id"], record["version"], gone=record.get("deleted_at") is not None)
                    for record in await found.to_list(PAGE)
                ]
            if not page:
                return
            yield page
            after = page[-1].id

    async def _text(self, document: Document) -> str:
        if document.text is None:
            return ""
        try:
            pieces = [piece async for piece in self._storage.stream(document.text.key)]
        except Missing:
            self._log.warning("a text that should be searched is not there", extra={"document": document.id})
            return ""
        return b"".join(pieces).decode(errors="replace")


def within(waiting: Sequence[Waiting]) -> Sequence[Waiting]:
    """Those of the beginning whose texts are not too much for one batch; the first one always."""
    characters = 0
    for place, one in enumerate(waiting):
        characters += one.characters
        if place and characters > CHARACTERS:
            return waiting[:place]
    return waiting


def entry(document: Document, text: str) -> Entry:
    """Without an analysis, neither language nor category is known."""
    analysis = document.analysis or {}
    return Entry(
        id=document.id,
        version=document.version,
        owner=document.owner,
        title=document.title,
        tags=document.tags,
        name=document.file.name,
        type=TYPES.get(document.file.content_type, "other"),
        language=analysis.get("language", UNKNOWN),
        category=analysis.get("category", ""),
        created_at=document.created_at,
        about="\n".join(_about(analysis)),
        text=text,
    )


def _about(analysis: Mapping[str, Any]) -> list[str]:
    words = [keyword["word"] for keyword in analysis.get("keywords", ())]
    return [part for part in (analysis.get("summary", ""), *analysis.get("key_points", ()), ", ".join(words)) if part]
