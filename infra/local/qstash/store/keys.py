"""The two signing keys, which outlive the process once they were rotated."""

import json
from typing import NamedTuple

from infra.local.qstash.store.database import Database


class Keys(NamedTuple):
    current: str
    next: str


class KeyStore:
    """Starts with the keys of the command line, and with them again whenever those change."""

    def __init__(self, database: Database, given: Keys) -> None:
        self._database = database
        marker = json.dumps(given)
        row = database.row("SELECT given FROM keys")
        if row is None or row["given"] != marker:
            database.write("INSERT OR REPLACE INTO keys VALUES (1, ?, ?, ?)", marker, given.current, given.next)
        self._keys = self._read()

    def get(self) -> Keys:
        return self._keys

    def rotate(self, fresh: str) -> Keys:
        """The next key becomes the current one, `fresh` the next."""
        self._database.write("UPDATE keys SET current = next, next = ?", fresh)
        self._keys = self._read()
        return self._keys

    def _read(self) -> Keys:
        rows = self._database.rows("SELECT current, next FROM keys")
        return Keys(*rows[0])
