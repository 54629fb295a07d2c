"""The record of an idempotent request in MongoDB, written in the transaction that does what was asked.

    begin (first in the transaction) ──▶ the work ──▶ complete ──▶ commit        done and recorded
                                             └── any error ──▶ abort             neither; the key is free

The transaction is the lease. Of two with the same key the second meets the first's unfinished write and is told
InFlight: it must leave its transaction, and may look again. Times are the store's: a record is over when its window is,
whether or not the store has swept it away.
"""

from dataclasses import dataclass
from typing import Any, Final

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, OperationFailure

from shared.database import Database, Session
from shared.idempotency.asked import Asked
from shared.idempotency.requests import WINDOW, Done, InFlight, Mismatch, New, Verdict
from shared.runs.pipeline import NOW, Expression, equal, field, literal, when

WINDOW_MS: Final = int(WINDOW.total_seconds() * 1000)
RETRY_AFTER: Final = 1.0
"""Seconds: a transaction is over sooner than that."""
WRITE_CONFLICT: Final = 112


async def find(database: Database, asked: Asked) -> Done | Mismatch | None:
    """What is known of the request before a transaction is begun for it; None for a free key."""
    live = {"reference": {"$ne": None}, "$expr": {"$gt": ["$ends", NOW]}}
    document: dict[str, Any] | None = await database.idempotent_requests.find_one({"_id": asked.id, **live})
    return None if document is None else _told(document, asked)


async def erase(database: Database, owner: str) -> int:
    """Forget every request of one owner; how many there were."""
    return (await database.idempotent_requests.delete_many({"owner": owner})).deleted_count


@dataclass(frozen=True, slots=True)
class MongoRequests:
    """Requests within one transaction."""

    database: Database
    session: Session
    holder: str
    """A word of this attempt's own, which proves to `complete` and `abandon` that the record is still its."""

    async def begin(self, asked: Asked) -> Verdict:
        """Must be the transaction's first call. After InFlight the transaction is of no more use."""
        try:
            document = await self.database.idempotent_requests.find_one_and_update(
                {"_id": asked.id},
                _take(asked, self.holder),
                upsert=True,
                return_document=ReturnDocument.AFTER,
                session=self.session,
            )
        except DuplicateKeyError:
            return InFlight(RETRY_AFTER)
        except OperationFailure as error:
            if error.code == WRITE_CONFLICT:
                return InFlight(RETRY_AFTER)
            raise
        return New(asked.id, self.holder) if document["reference"] is None else _told(document, asked)

    async def complete(self, new: New, reference: str, *, owner: str) -> bool:
        result = await self.database.idempotent_requests.update_one(
            {"_id": new.id, "holder": new.holder},
            {"$set": {"reference": reference, "owner": owner}},
            session=self.session,
        )
        return result.matched_count == 1

    async def abandon(self, new: New) -> bool:
        result = await self.database.idempotent_requests.delete_one(
            {"_id": new.id, "holder": new.holder}, session=self.session
        )
        return result.deleted_count == 1


def _told(document: dict[str, Any], asked: Asked) -> Done | Mismatch:
    return Done(document["reference"]) if document["fingerprint"] == asked.fingerprint else Mismatch()


def _take(asked: Asked, holder: str) -> list[Expression]:
    """Ours if there is none, or one that is over, or one that was begun and never completed."""
    ends = {"$add": [NOW, WINDOW_MS]}
    fields = {
        "holder": literal(holder),
        "fingerprint": literal(asked.fingerprint),
        "created": NOW,
        "ends": ends,
        "expires_at": {"$toDate": ends},
        "reference": None,
        "owner": None,
    }
    over = {"$lte": [field("ends", 0), NOW]}
    open_ = equal(field("reference", None), None)
    return [when({"$or": [over, open_]}, fields)]
