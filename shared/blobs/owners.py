"""Who owns an object: told by its key's first word, looked up in MongoDB for a whole page at once.

    uploads/{token}                 the upload that has this key
    files/{document}/{token}        the document whose file it is
    texts/{document}/{run}.txt      the document whose text it is, or the run, while it may still write and name it
    reports/{run}.pdf               the report
    search/..                       the search index, which collects them itself (shared/search/tantivy/tidying.py)
    health/probe                    the checks of the store's health
    anything else                   is none of ours: it is told, and left alone

A record that is about to be erased owns its objects to the end: they go first.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import Final

from shared.blobs.pieces import pieces
from shared.database import Database, reachable
from shared.runs.model import FINAL, State

LIVE: Final = tuple(state.value for state in State if state not in FINAL)


def kind_of(key: str) -> str:
    return key.partition("/")[0]


async def owned(database: Database, keys: Collection[str]) -> AbstractSet[str]:
    """Those of the keys that have an owner; a query or two for each piece of a kind. Raises DependencyDown."""
    found: set[str] = set()
    async with reachable():
        for kind, those in groupby(sorted(keys), key=kind_of):
            for piece in pieces(list(those)):
                found |= await OWNED[kind](database, piece)
    return found


async def _uploads(database: Database, keys: Collection[str]) -> AbstractSet[str]:
    records = database.uploads.find({"key": {"$in": list(keys)}}, {"_id": 0, "key": 1})
    return {record["key"] async for record in records}


async def _files(database: Database, keys: Collection[str]) -> AbstractSet[str]:
    records = database.documents.find({"file.key": {"$in": list(keys)}}, {"_id": 0, "file.key": 1})
    return {record["file"]["key"] async for record in records}


async def _texts(database: Database, keys: Collection[str]) -> AbstractSet[str]:
    """The runs are read first: one that names its text and ends is seen as live, or its document with the text."""
    runs = {key: key.rpartition("/")[2].removesuffix(".txt") for key in keys}
    busy = await live(database, set(runs.values()))
    documents = {key.split("/")[1] for key in keys if key.count("/") > 1}
    records = database.documents.find({"_id": {"$in": sorted(documents)}}, {"text.key": 1})
    named = {(record.get("text") or {}).get("key") async for record in records}
    return {key for key, run in runs.items() if run in busy or key in named}


async def live(database: Database, runs: Collection[str]) -> AbstractSet[str]:
    records = database.runs.find({"_id": {"$in": sorted(runs)}, "state": {"$in": LIVE}}, {"_id": 1})
    return {record["_id"] async for record in records}


async def _reports(database: Database, keys: Collection[str]) -> AbstractSet[str]:
    runs = {key.removeprefix("reports/").removesuffix(".pdf") for key in keys}
    records = database.reports.find({"_id": {"$in": sorted(runs)}}, {"key": 1})
    return {record["key"] async for record in records}


OWNED: Final[Mapping[str, Callable[[Database, Collection[str]], Awaitable[AbstractSet[str]]]]] = {
    "uploads": _uploads,
    "files": _files,
    "texts": _texts,
    "reports": _reports,
}
"""By the key's first word."""
