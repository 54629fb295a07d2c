"""What the stores hold that nothing explains, in words: told by looking at everything, and by none of the code that
keeps the house. Packs of the index are left out: it keeps them a day by a clock that no test turns.

    an object      is a live upload's, document's or report's, the search index's, or that of the checks
    a record       names objects that are there; a run has ended, is due later, or is a cron's
    a mail         was sent, refused or skipped; one that is uncertain has a failed run that says so
"""

import time
from collections.abc import AsyncIterator, Iterable
from typing import Final

from shared.database import Database
from shared.runs.model import FINAL
from shared.storage import Storage

PREFIXES: Final = ("uploads/", "files/", "texts/", "reports/", "search/", "health/")
CRONS: Final = ("relay_jobs", "check_health")
TOLD: Final = ("sent", "refused", "skipped")


async def unexplained(database: Database, storage: Storage) -> list[str]:
    """Nothing, when the house is in order."""
    objects = {listed.key async for page in storage.list("") for listed in page}
    named = [name async for name in _named(database)]
    owned = {key for key, _ in named}
    return [
        *(f"an object of no known kind: {key}" for key in sorted(objects) if not key.startswith(PREFIXES)),
        *(f"nobody's object: {key}" for key in sorted(_of_somebody(objects) - owned)),
        *(f"{whose} names an object that is not there: {key}" for key, whose in sorted(named) if key not in objects),
        *[word async for word in _runs(database)],
        *[word async for word in _records(database)],
    ]


def _of_somebody(objects: Iterable[str]) -> set[str]:
    return {key for key in objects if not key.startswith(("search/", "health/"))}


async def _named(database: Database) -> AsyncIterator[tuple[str, str]]:
    """Each key that a live record names, and which record that is."""
    async for document in database.documents.find({"deleted_at": None}):
        yield document["file"]["key"], f"document {document['_id']}"
        if document.get("text"):
            yield document["text"]["key"], f"document {document['_id']}"
    async for report in database.reports.find({"size": {"$exists": True}}):
        yield report["key"], f"report {report['_id']}"


async def _runs(database: Database) -> AsyncIterator[str]:
    over = {"state": {"$nin": [state.value for state in FINAL]}, "job": {"$nin": list(CRONS)}}
    async for run in database.runs.find({**over, "not_before": {"$lte": int(time.time() * 1000)}}):
        yield f"run {run['_id']} of {run['job']} is {run['state']}"
    async for run in database.runs.find({"state": {"$in": [state.value for state in FINAL]}, "expires_at": None}):
        if run["job"] not in CRONS:
            yield f"run {run['_id']} of {run['job']} has ended, and will be kept for ever"


async def _records(database: Database) -> AsyncIterator[str]:
    for name in ("orphans", "condemned"):
        async for record in database[name].find({}):
            yield f"{name} still holds {record['_id']}"
    async for upload in database.uploads.find({}):
        yield f"upload {upload['_id']} is {upload['state']}, and its URL has expired"
    async for document in database.documents.find({"deleted_at": {"$ne": None}}):
        yield f"document {document['_id']} was deleted, and its record is there"
    async for document in database.documents.find({"deleted_at": None, "unindexed_since": {"$exists": True}}):
        yield f"document {document['_id']} is not indexed"
    async for mail in database.emails.find({"state": {"$nin": list(TOLD)}}):
        run = await database.runs.find_one({"_id": mail["_id"]})
        if mail["state"] != "uncertain" or run is None or run["state"] != "failed":
            yield f"mail {mail['_id']} is {mail['state']}"
