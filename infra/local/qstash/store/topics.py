"""URL groups (which the wire calls topics): one name for several endpoints."""

import json
from dataclasses import dataclass
from sqlite3 import Row

from infra.local.qstash.store.database import Database


@dataclass(frozen=True, slots=True)
class Endpoint:
    url: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    endpoints: tuple[Endpoint, ...]
    created_at: int
    updated_at: int


class Topics:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> Topic | None:
        row = self._database.row("SELECT * FROM topics WHERE name = ?", name)
        return None if row is None else _topic(row)

    def all(self) -> list[Topic]:
        return [_topic(row) for row in self._database.rows("SELECT * FROM topics ORDER BY name")]

    def put(self, name: str, endpoints: list[Endpoint], now: int) -> None:
        """A group without endpoints is none."""
        if not endpoints:
            self.delete(name)
            return
        self._database.write(
            "INSERT INTO topics VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
            "endpoints = excluded.endpoints, updated_at = excluded.updated_at",
            name,
            json.dumps([[endpoint.url, endpoint.name] for endpoint in endpoints]),
            now,
            now,
        )

    def delete(self, name: str) -> None:
        self._database.write("DELETE FROM topics WHERE name = ?", name)


def _topic(row: Row) -> Topic:
    endpoints = tuple(Endpoint(url, name) for url, name in json.loads(row["endpoints"]))
    return Topic(row["name"], endpoints, row["created_at"], row["updated_at"])
