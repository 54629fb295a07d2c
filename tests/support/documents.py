"""Documents as a claim leaves them, written by hand where no test is of the claim."""

from typing import Any

from shared.database import Database
from shared.documents import Status

FILE = {"key": "files/x", "name": "x.txt", "content_type": "text/plain", "size": 1, "sha256": "00"}


async def keep(database: Database, name: str, **fields: Any) -> None:
    """Ada's, indexed, but for what `fields` say of it."""
    record = {
        "_id": name,
        "owner": "ada",
        "title": name,
        "tags": [],
        "version": 1,
        "indexed_version": 1,
        "file": FILE,
        "status": Status.STORED.value,
        "created_at": 1,
        "updated_at": 1,
    }
    await database.documents.insert_one(record | fields)
