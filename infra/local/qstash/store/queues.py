"""Queues: how many of their messages may be on their way at once, and whether any may."""

from dataclasses import dataclass

from infra.local.qstash.store.database import Database


@dataclass(frozen=True, slots=True)
class Queue:
    name: str
    parallelism: int
    paused: bool
    created_at: int
    updated_at: int


class Queues:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> Queue | None:
        row = self._database.row("SELECT * FROM queues WHERE name = ?", name)
        if row is None:
            return None
        return Queue(row["name"], row["parallelism"], bool(row["paused"]), row["created_at"], row["updated_at"])

    def all(self) -> list[Queue]:
        names = [row["name"] for row in self._database.rows("SELECT name FROM queues ORDER BY name")]
        return [queue for name in names if (queue := self.get(name)) is not None]

    def put(self, name: str, *, parallelism: int, paused: bool, now: int) -> None:
        self._database.write(
            "INSERT INTO queues VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
            "parallelism = excluded.parallelism, paused = excluded.paused, updated_at = excluded.updated_at",
            name,
            parallelism,
            int(paused),
            now,
            now,
        )

    def create(self, name: str, now: int) -> None:
        """With the defaults, where there is none yet."""
        self._database.write("INSERT INTO queues VALUES (?, 1, 0, ?, ?) ON CONFLICT DO NOTHING", name, now, now)

    def pause(self, name: str, *, paused: bool, now: int) -> bool:
        """Whether there is such a queue."""
        sql = "UPDATE queues SET paused = ?, updated_at = ? WHERE name = ?"
        return self._database.write(sql, int(paused), now, name) > 0

    def delete(self, name: str) -> None:
        self._database.write("DELETE FROM queues WHERE name = ?", name)
