"""What is remembered of single deliveries: signatures that may be used once, and bodies that were refused for good."""

from datetime import timedelta
from typing import Any, Final

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from shared.clock import new_token
from shared.database import Database
from shared.runs.model import RETENTION
from shared.runs.pipeline import NOW, either, field, literal

REMEMBERED: Final = timedelta(minutes=10)
"""Longer than any signature is good for."""


async def first_use(database: Database, jti: str) -> bool:
    """Whether this signature is new: a body without a run has nothing else to tell a replay by (case 21).

    The first one to write its token has used it; whoever lost that race reads another's, or nothing.
    """
    token = new_token()
    fields = {"expires_at": either("$by", "$expires_at", _in(REMEMBERED)), "by": field("by", token)}
    try:
        document: dict[str, Any] | None = await database.deliveries.find_one_and_update(
            {"_id": jti}, [{"$set": fields}], upsert=True, return_document=ReturnDocument.AFTER
        )
    except DuplicateKeyError:
        return False
    return document is not None and bool(document["by"] == token)


async def reject(database: Database, *, jti: str, job: str, message_id: str, reason: str) -> None:
    """Record a body that no retry can mend, where there is no run to record it in."""
    fields = {
        "job": literal(job),
        "message_id": literal(message_id),
        "reason": literal(reason),
        "at": NOW,
        "expires_at": _in(RETENTION),
    }
    await database.rejections.update_one({"_id": jti}, [{"$set": fields}], upsert=True)


def _in(span: timedelta) -> object:
    return {"$toDate": {"$add": [NOW, int(span.total_seconds() * 1000)]}}
