"""The record of a report: before there is a PDF, what will stand in it; from then on, what the PDF is.

    (none) ── begin ──▶ begun: its words are fixed ── finish ──▶ made: its file is there, and described
                          └──── keep, where it has expired ────────┘ └─ keep ─┘ (for longer)

Both ways on are one atomic write by the id of the run that makes it, and the first of each stands: who repeats them is
told what was recorded then. A run that finds its report made may be a replay, weeks later: it keeps it, or makes it
anew. Times are milliseconds since the epoch by the store's clock, as in runs.

The file lies in object storage under `key`. A record is not dropped when it expires: whoever deletes the file drops it
(functions/cleanup_blobs/expired_reports.py), and who is about to write the file looks whether it is being deleted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from shared.database import Database
from shared.errors import DependencyDown, RetryableError
from shared.runs.model import RETENTION
from shared.runs.pipeline import NOW, Expression, literal
from shared.storage import Storage, content_disposition

KEPT_MS: Final = int(RETENTION.total_seconds() * 1000)
"""From when its file is made, which may be long after the run was accepted: as long as the run can be read."""
KEPT_ANEW: Final[Mapping[str, Expression]] = {"expires_at": {"$max": ["$expires_at", {"$add": [NOW, KEPT_MS]}]}}
RACES: Final = 8
"""How often `begin` tries again when another's insert came first."""
CONTENT_TYPE: Final = "application/pdf"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is decided before the file is made."""

    owner: str
    kind: str
    title: str
    name: str
    """What the file is called when it is saved."""
    content: str
    """All that it shows, as JSON: the store never sees into it."""


@dataclass(frozen=True, slots=True)
class ReportFile:
    """The PDF, as it was found where it lies."""

    size: int
    pages: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Report:
    id: str
    key: str
    draft: Draft
    created_at: int
    expires_at: int
    file: ReportFile | None = None


def key_of(run_id: str) -> str:
    return f"reports/{run_id}.pdf"


async def begin(database: Database, run_id: str, draft: Draft, *, created_at: int) -> Report:
    """The report of a run; of a repeat the first one's."""
    fields = {
        "owner": draft.owner,
        "kind": draft.kind,
        "title": draft.title,
        "name": draft.name,
        "content": draft.content,
        "key": key_of(run_id),
        "created_at": created_at,
        "expires_at": created_at + KEPT_MS,
    }
    for _ in range(RACES):
        try:
            record: dict[str, Any] | None = await database.reports.find_one_and_update(
                {"_id": run_id}, {"$setOnInsert": fields}, upsert=True, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:
            continue  # another made it between the look and the insert
        if record is not None:
            return _read(record)
    raise DependencyDown("mongodb", f"an insert lost {RACES} races")


async def finish(database: Database, run_id: str, file: ReportFile) -> ReportFile:
    """Describes its file; of a repeat: what was recorded first. Raises RetryableError where it expired meanwhile."""
    fields = {"size": file.size, "pages": file.pages, "sha256": literal(file.sha256)}
    await database.reports.update_one({"_id": run_id, "size": {"$exists": False}}, [{"$set": {**fields, **KEPT_ANEW}}])
    report = await read(database, run_id)
    if report is None or report.file is None:
        raise RetryableError("a report's record went away while its file was made", retry_after=1)
    return report.file


async def keep(database: Database, run_id: str) -> ReportFile | None:
    """A made one's file, kept from now on as long as a new one's; None where it has expired, or is gone.

    The file of one that has expired may be gone while its record is not: it is no longer described, to be made again.
    """
    made = {"_id": run_id, "size": {"$exists": True}}
    record: dict[str, Any] | None = await database.reports.find_one_and_update(
        {**made, "$expr": {"$gt": ["$expires_at", NOW]}},
        [{"$set": KEPT_ANEW}],
        return_document=ReturnDocument.AFTER,
    )
    if record is not None:
        return _read(record).file
    await database.reports.update_one(made, {"$unset": {"size": "", "pages": "", "sha256": ""}})
    return None


async def read(database: Database, run_id: str) -> Report | None:
    """For its job, made or not. Never for a person: that is `find`."""
    record = await database.reports.find_one({"_id": run_id})
    return _read(record) if record else None


async def find(database: Database, report_id: str, *, owner: str) -> Report | None:
    """The owner's, if its file is there."""
    record = await database.reports.find_one({"_id": report_id, "owner": owner, "size": {"$exists": True}})
    return _read(record) if record else None


def signed_url(report: Report, storage: Storage, *, lives: timedelta) -> str:
    """Whoever has it gets the PDF, as an attachment of the report's name. Asks nobody."""
    disposition = content_disposition(report.draft.name)
    return storage.presign_get(report.key, disposition=disposition, content_type=CONTENT_TYPE, expires=lives)


def _read(record: Mapping[str, Any]) -> Report:
    file = ReportFile(record["size"], record["pages"], record["sha256"]) if "size" in record else None
    draft = Draft(record["owner"], record["kind"], record["title"], record["name"], record["content"])
    return Report(record["_id"], record["key"], draft, record["created_at"], record["expires_at"], file)
