"""Every collection and index of the bundle, in one place; what its records look like is in validators.py.

The local stack makes them when it starts; `python -m infra bootstrap` brings any stage's to what stands here.
"""

from typing import Final

import pymongo
from pymongo import ASCENDING, DESCENDING, IndexModel

from shared import validators
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
        # An operator's list: everybody's.
        IndexModel([("state", ASCENDING), ("created", DESCENDING), ("_id", DESCENDING)], name="of_a_state"),
        GONE_WHEN_DUE,
    ],
    "deliveries": [GONE_WHEN_DUE],
    "rejections": [GONE_WHEN_DUE],
    # Sparse: whoever is being erased has no address any more (functions/api/erasing.py).
    "users": [
        IndexModel([("email", ASCENDING)], name="email", unique=True, sparse=True),
        IndexModel([("erasing", ASCENDING)], name="erasing", sparse=True),
    ],
    "sign_ins": [GONE_WHEN_DUE],
    "sessions": [GONE_WHEN_DUE, IndexModel([("user", ASCENDING)], name="of_a_user")],
    "api_keys": [],
    "emails": [
        IndexModel([("resend_id", ASCENDING)], name="resend_id", sparse=True),
        IndexModel([("owner", ASCENDING)], name="of_an_owner"),
        # What a person has to decide on, and nothing else.
        IndexModel([("created", ASCENDING)], name="uncertain", partialFilterExpression={"state": "uncertain"}),
        GONE_WHEN_DUE,
    ],
    "suppressions": [IndexModel([("since", DESCENDING), ("_id", DESCENDING)], name="latest")],
    # Resend's webhooks that were taken: by svix-id, for as long as it may repeat them (case 33).
    "mail_events": [GONE_WHEN_DUE],
    # Who has done what to runs, keys, addresses and users (shared/audit.py).
    "audit": [
        IndexModel([("at", DESCENDING), ("_id", DESCENDING)], name="latest"),
        IndexModel([("subject", ASCENDING), ("at", DESCENDING)], name="of_a_subject"),
        GONE_WHEN_DUE,
    ],
    # One record a dependency, and one of the whole; and what each turn has found.
    "health": [],
    "health_checks": [IndexModel([("at", DESCENDING)], name="latest"), GONE_WHEN_DUE],
    # Objects that no record names: since when, and those that are being deleted (shared/blobs).
    "orphans": [IndexModel([("marked_at", ASCENDING)], name="due")],
    "condemned": [],
    "uploads": [
        IndexModel([("owner", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)], name="of_an_owner"),
        IndexModel([("key", ASCENDING)], name="key"),
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


async def ensure(database: Database, *, ruled: bool = True) -> None:
    """Make what is missing; nothing that is there is changed or dropped. Unless `ruled`, records may look anyhow."""
    with pymongo.timeout(BUILDING):
        there = set(await database.list_collection_names())
        for name, indexes in INDEXES.items():
            if name not in there:
                await database.create_collection(name, **(validators.options(name) if ruled else {}))
            if indexes:
                await database[name].create_indexes(indexes)
