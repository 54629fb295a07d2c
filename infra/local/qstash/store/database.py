"""The one SQLite file and its tables; all of the server's state is here, so that a restart loses nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, due_at REAL NOT NULL,
    retried INTEGER NOT NULL DEFAULT 0, cancel INTEGER NOT NULL DEFAULT 0, finished_at REAL,
    queue TEXT, flow_key TEXT, url TEXT NOT NULL, topic TEXT, schedule_id TEXT, label TEXT,
    caller_ip TEXT NOT NULL, created_at INTEGER NOT NULL, data TEXT NOT NULL, body BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS messages_live ON messages (state, due_at) WHERE finished_at IS NULL;
CREATE INDEX IF NOT EXISTS messages_queue ON messages (queue) WHERE finished_at IS NULL AND queue IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_flow ON messages (flow_key) WHERE finished_at IS NULL AND flow_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_finished ON messages (finished_at) WHERE finished_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, message_id TEXT NOT NULL, state TEXT NOT NULL,
    url TEXT NOT NULL, queue TEXT, topic TEXT, schedule_id TEXT, label TEXT, flow_key TEXT, data TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS events_message ON events (message_id);
CREATE INDEX IF NOT EXISTS events_time ON events (time);
CREATE TABLE IF NOT EXISTS dlq (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, time INTEGER NOT NULL, message_id TEXT NOT NULL,
    url TEXT NOT NULL, queue TEXT, topic TEXT, schedule_id TEXT, label TEXT, flow_key TEXT,
    caller_ip TEXT NOT NULL, status INTEGER NOT NULL, message TEXT NOT NULL, body BLOB NOT NULL,
    response_headers TEXT NOT NULL, response_body BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS dedup (key TEXT PRIMARY KEY, message_id TEXT NOT NULL, expires_at REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS dedup_expires ON dedup (expires_at);
CREATE TABLE IF NOT EXISTS queues (
    name TEXT PRIMARY KEY, parallelism INTEGER NOT NULL, paused INTEGER NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS schedules (
    id TEXT PRIMARY KEY, next_at REAL NOT NULL, paused INTEGER NOT NULL, data TEXT NOT NULL, body BLOB NOT NULL,
    last_at REAL, last_messages TEXT NOT NULL DEFAULT '[]', error TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS schedules_next ON schedules (next_at) WHERE paused = 0;
CREATE TABLE IF NOT EXISTS topics (
    name TEXT PRIMARY KEY, endpoints TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS flows (
    key TEXT PRIMARY KEY, parallelism INTEGER, rate INTEGER, period INTEGER NOT NULL, paused INTEGER NOT NULL DEFAULT 0,
    pinned_parallelism INTEGER NOT NULL DEFAULT 0, pinned_rate INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS keys (one INTEGER PRIMARY KEY CHECK (one = 1), given TEXT NOT NULL,
    current TEXT NOT NULL, next TEXT NOT NULL) STRICT;
"""

Value = str | bytes | int | float | None


class Database:
    """A connection for one process and one thread: the event loop's."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(folder / "qstash.sqlite3", isolation_level=None, timeout=2)
        self._connection.row_factory = sqlite3.Row
        # A killed process loses no commit even without fsync; only a power cut could, and this is no production
        # server. The lock keeps a second process away from the same folder.
        self._connection.executescript(
            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + _SCHEMA
        )

    def close(self) -> None:
        self._connection.close()

    def rows(self, sql: str, *values: Value) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Value) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def number(self, sql: str, *values: Value) -> int:
        row = self.row(sql, *values)
        return int(row[0] or 0) if row is not None else 0

    def write(self, sql: str, *values: Value) -> int:
        """How many rows it changed."""
        return self._connection.execute(sql, values).rowcount

    def insert(self, table: str, **values: Value) -> int:
        """The new row's sequence number. Names come from this package's own code, never from a request."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names are our own, values are bound
        return self._connection.execute(sql, tuple(values.values())).lastrowid or 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; what runs inside must not await."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
