"""The file behind this server: SQLite, so that an answered call is still there after a restart or kill -9."""

import sqlite3
from pathlib import Path
from typing import Final

FILE: Final = "resend.sqlite3"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS mails (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of acceptance
    id TEXT NOT NULL UNIQUE,
    draft TEXT NOT NULL,
    key TEXT,
    calls INTEGER NOT NULL DEFAULT 1,
    created_at REAL NOT NULL,
    send_at REAL,
    sent_at REAL,
    last_event TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS mails_by_time ON mails (last_event, send_at);
CREATE INDEX IF NOT EXISTS mails_by_key ON mails (key);
CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS hooks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    events TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,                          -- svix-id: one event's, for all who are told of it
    hook TEXT NOT NULL,
    body TEXT NOT NULL,                        -- the exact bytes of every attempt
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at REAL,                              -- null: delivered, or given up
    UNIQUE (id, hook)
);
CREATE INDEX IF NOT EXISTS deliveries_by_time ON deliveries (next_at);
"""


def open_database(folder: Path) -> sqlite3.Connection:
    """The database in `folder`, made when it is not there.

    A committed write is with the operating system before the call is answered, which outlives this process;
    `synchronous=NORMAL` gives up no more than what a power cut would take.
    """
    folder.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(folder / FILE)
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.executescript(_SCHEMA)
    return database
