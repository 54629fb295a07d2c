"""Somebody who searches, and documents of theirs as the database has them when they were analysed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx

from functions.api.keys import create_key
from shared.clock import World, new_token
from shared.database import Database
from shared.documents.model import Status
from shared.search.model import Entry
from shared.search.source import TYPES
from tests.integration.api.front import Front, Phone

NOON = 1_790_000_000_000
"""2026-09-21T14:13:20Z."""
DAY = 86_400_000


@dataclass(frozen=True)
class Person:
    """A server, in truth: its key spares the sign-in."""

    phone: Phone
    owner: str
    headers: Mapping[str, str]

    @classmethod
    async def of(cls, front: Front, phone: Phone) -> "Person":
        made = await create_key(front.database, name="test", scopes=["documents:read"], by="test", world=World())
        return cls(phone, f"key:{made.id}", {"Authorization": f"Bearer {made.key}"})

    async def search(self, known: str | None = None, /, **asked: Any) -> httpx.Response:
        """`known` is an If-None-Match."""
        more = {} if known is None else {"If-None-Match": known}
        return await self.phone.get("/v1/search", params=asked, headers={**self.headers, **more})

    async def found(self, **asked: Any) -> list[str]:
        """The ids of what is shown."""
        return ids(await self.search(**asked))


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["document"]["id"] for item in answer.json()["items"]]


@dataclass(frozen=True)
class Shelf:
    """The database's documents."""

    database: Database

    async def keep(self, owner: str, *, title: str = "A title", **more: Any) -> Entry:
        """A document with an analysis; `more` fields are of the Entry, as which it would be indexed."""
        entry = Entry(
            **{
                "id": new_token(),
                "version": 3,
                "owner": owner,
                "title": title,
                "tags": (),
                "name": "file.pdf",
                "type": "pdf",
                "language": "en",
                "category": "report",
                "created_at": NOON,
                "about": "",
                "text": "",
                **more,
            }
        )
        await self.database.documents.insert_one(_record(entry))
        return entry

    async def keep_many(self, owner: str, count: int) -> list[str]:
        entries = [await self.keep(owner, title=f"Number {place}") for place in range(count)]
        return [entry.id for entry in entries]

    async def change(self, entry: Entry, **fields: Any) -> Entry:
        """To its next version; `fields` are of the Entry and of the record alike."""
        changed = replace(entry, version=entry.version + 1, **fields)
        await self.database.documents.update_one({"_id": entry.id}, {"$set": {**fields, "version": changed.version}})
        return changed

    async def delete(self, ids: Sequence[str]) -> None:
        await self.database.documents.update_many({"_id": {"$in": list(ids)}}, {"$set": {"deleted_at": NOON}})


def _record(entry: Entry) -> dict[str, Any]:
    types = {word: content_type for content_type, word in TYPES.items()}
    return {
        "_id": entry.id,
        "owner": entry.owner,
        "title": entry.title,
        "tags": list(entry.tags),
        "version": entry.version,
        "indexed_version": 0,
        "file": {
            "key": f"files/{entry.id}",
            "name": entry.name,
            "content_type": types[entry.type],
            "size": 1,
            "sha256": "00" * 32,
        },
        "status": Status.ANALYSED.value,
        "created_at": entry.created_at,
        "updated_at": entry.created_at,
        "analysis": {"language": entry.language, "category": entry.category},
    }
