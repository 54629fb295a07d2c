"""Which messages were published lately, so that a second one of the same name or content is not sent."""

import hashlib
import json
from typing import Final

from infra.local.qstash.model import Options
from infra.local.qstash.store.database import Database

WINDOW: Final = 600.0


class Dedup:
    def __init__(self, database: Database) -> None:
        self._database = database

    def first(self, key: str, message_id: str, *, now: float, window: float) -> str:
        """The id of the message that owns `key`: `message_id` itself, or the one that came before it."""
        self._database.write("DELETE FROM dedup WHERE expires_at <= ?", now)
        self._database.write(
            "INSERT INTO dedup VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING", key, message_id, now + window
        )
        row = self._database.row("SELECT message_id FROM dedup WHERE key = ?", key)
        return message_id if row is None else str(row["message_id"])


def dedup_key(options: Options, *, destination: str, body: bytes, endpoint: str = "") -> str | None:
    """The publisher's own id, else (where asked for) a hash of destination, body and what is forwarded.

    `endpoint` tells the members of a URL group apart, which share one publish.
    """
    if options.deduplication_id is not None:
        return json.dumps(["id", options.deduplication_id, endpoint])
    if not options.content_deduplication:
        return None
    content = json.dumps([destination, sorted(options.headers.items()), hashlib.sha256(body).hexdigest()])
    return json.dumps(["content", hashlib.sha256(content.encode()).hexdigest(), endpoint])
