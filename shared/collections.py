"""Every collection and index of the bundle, in one place. The local stack makes them when it starts."""

from typing import Final

import pymongo
from pymongo import ASCENDING, DESCENDING, IndexModel

from shared.database import Database

BUILDING: Final = 600.0
"""Seconds for all of it: an index on a large collection is not built in an ordinary operation's time."""

GONE_WHEN_DUE: Final = IndexModel([("expires_at", ASCENDING)], name="expires_at", expireAfterSeconds=0)

INDEXES: Final = {
    "runs": [
        IndexModel(
            [("job", ASCENDING), ("owner", ASCENDING), ("key", ASCENDING)],
            name="business_key",
            unique=True,
            partialFilterExpression={"key": {"$exists": True}},
        ),
        IndexModel([("state", ASCENDING), ("look_at", ASCENDING)], name="overdue"),
        IndexModel([("owner", ASCENDING), ("created", DESCENDING), ("_id", DESCENDING)], name="of_an_owner"),
        IndexModel([("job", ASCENDING), ("state", ASCENDING), ("finished", DESCENDING)], name="failures_of_a_job"),
        GONE_WHEN_DUE,
    ],
    "deliveries": [GONE_WHEN_DUE],
    "rejections": [GONE_WHEN_DUE],
    "users": [IndexModel([("email", ASCENDING)], name="email", unique=True)],
    "sign_ins": [GONE_WHEN_DUE],
    "sessions": [GONE_WHEN_DUE, IndexModel([("user", ASCENDING)], name="of_a_user")],
    "api_keys": [],
    "emails": [IndexModel([("resend_id", ASCENDING)], name="resend_id", sparse=True), GONE_WHEN_DUE],
    "suppressions": [],
    "uploads": [
        IndexModel([("owner", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="of_an_owner"),
        # No TTL: a record lives until its URL has expired and its file is swept (case 27).
        IndexModel([("state", ASCENDING), ("url_expires_at", ASCENDING)], name="expired"),
    ],
    "documents": [
        IndexModel([("owner", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="of_an_owner"),
        IndexModel(
            [("deleted_at", ASCENDING)], name="deleted", partialFilterExpression={"deleted_at": {"$exists": True}}
        ),
        IndexModel([("file.key", ASCENDING)], name="file"),
        # The search index's backlog, and nothing else (shared/documents/backlog.py).
        IndexModel(
            [("unindexed_since", ASCENDING)],
            name="unindexed",
            partialFilterExpression={"unindexed_since": {"$exists": True}},
        ),
        # Asked once, where there is no generation: was there ever one?
        IndexModel(
            [("indexed_version", ASCENDING)],
            name="indexed",
            partialFilterExpression={"indexed_version": {"$gt": 0}},
        ),
    ],
    "reports": [
        IndexModel([("owner", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="of_an_owner"),
        # No TTL here either: a record lives until its file is swept.
        IndexModel([("expires_at", ASCENDING)], name="expired"),
    ],
    # One record: the state of the search index, and what it no longer names (shared/search/tantivy/generations.py).
    "search_generation": [],
    "search_retired": [IndexModel([("retired_at", ASCENDING)], name="retired")],
    "idempotent_requests": [GONE_WHEN_DUE, IndexModel([("owner", ASCENDING)], name="of_an_owner")],
}


async def ensure(database: Database) -> None:
    """Make what is missing; nothing that is there is changed or dropped."""
    with pymongo.timeout(BUILDING):
        there = set(await database.list_collection_names())
        for name, indexes in INDEXES.items():
            if name not in there:
                await database.create_collection(name)
            if indexes:
                await database[name].create_indexes(indexes)
