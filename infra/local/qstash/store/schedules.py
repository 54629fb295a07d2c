"""Schedules: what to publish, and when next."""

import json
from dataclasses import dataclass
from sqlite3 import Row
from typing import Final

from pydantic import TypeAdapter

from infra.local.qstash.model import Options
from infra.local.qstash.store.database import Database


@dataclass(frozen=True, slots=True)
class Timetable:
    """What was asked for; `created_at` in Unix milliseconds."""

    id: str
    destination: str
    cron: str
    options: Options
    created_at: int
    caller_ip: str
    queue: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    plan: Timetable
    body: bytes
    next_at: float
    paused: bool
    last_at: float | None
    last_messages: tuple[str, ...]
    error: str | None


_PLAN: Final = TypeAdapter(Timetable)


class Schedules:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, plan: Timetable, body: bytes, next_at: float) -> None:
        """Create it, or give the one of the same id new settings; a paused one stays paused."""
        self._database.write(
            "INSERT INTO schedules (id, next_at, paused, data, body) VALUES (?, ?, 0, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET next_at = excluded.next_at, data = excluded.data, body = excluded.body",
            plan.id,
            next_at,
            _PLAN.dump_json(plan, exclude_defaults=True).decode(),
            body,
        )

    def get(self, schedule_id: str) -> Schedule | None:
        row = self._database.row("SELECT * FROM schedules WHERE id = ?", schedule_id)
        return None if row is None else _schedule(row)

    def all(self) -> list[Schedule]:
        return [_schedule(row) for row in self._database.rows("SELECT * FROM schedules ORDER BY rowid")]

    def count(self) -> int:
        return self._database.number("SELECT count(*) FROM schedules")

    def due(self, now: float) -> list[Schedule]:
        sql = "SELECT * FROM schedules WHERE paused = 0 AND next_at <= ? ORDER BY next_at"
        return [_schedule(row) for row in self._database.rows(sql, now)]

    def next_at(self) -> float | None:
        row = self._database.row("SELECT min(next_at) AS soonest FROM schedules WHERE paused = 0")
        return None if row is None else row["soonest"]

    def fired(self, schedule_id: str, *, now: float, next_at: float, messages: list[str], error: str | None) -> None:
        self._database.write(
            "UPDATE schedules SET last_at = ?, next_at = ?, last_messages = ?, error = ? WHERE id = ?",
            now,
            next_at,
            json.dumps(messages),
            error,
            schedule_id,
        )

    def pause(self, schedule_id: str, *, paused: bool, next_at: float) -> None:
        self._database.write(
            "UPDATE schedules SET paused = ?, next_at = ? WHERE id = ?", int(paused), next_at, schedule_id
        )

    def delete(self, schedule_id: str) -> bool:
        return self._database.write("DELETE FROM schedules WHERE id = ?", schedule_id) > 0


def _schedule(row: Row) -> Schedule:
    return Schedule(
        plan=_PLAN.validate_json(row["data"]),
        body=row["body"],
        next_at=row["next_at"],
        paused=bool(row["paused"]),
        last_at=row["last_at"],
        last_messages=tuple(json.loads(row["last_messages"])),
        error=row["error"],
    )
