"""Flow controls: the limits that the latest message of a key brought, or that somebody pinned."""

from dataclasses import dataclass

from infra.local.qstash.model import FlowControl
from infra.local.qstash.store.database import Database


@dataclass(frozen=True, slots=True)
class Flow:
    key: str
    parallelism: int | None
    rate: int | None
    period: int
    paused: bool
    pinned_parallelism: bool
    pinned_rate: bool


class Flows:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> Flow | None:
        row = self._database.row("SELECT * FROM flows WHERE key = ?", key)
        if row is None:
            return None
        return Flow(
            key=row["key"],
            parallelism=row["parallelism"],
            rate=row["rate"],
            period=row["period"],
            paused=bool(row["paused"]),
            pinned_parallelism=bool(row["pinned_parallelism"]),
            pinned_rate=bool(row["pinned_rate"]),
        )

    def search(self, part: str) -> list[Flow]:
        rows = self._database.rows("SELECT key FROM flows WHERE instr(key, ?) > 0 OR ? = '' ORDER BY key", part, part)
        return [flow for row in rows if (flow := self.get(row["key"])) is not None]

    def learn(self, flow: FlowControl) -> None:
        """Take over what a message brings, except where a pin holds."""
        self._database.write(
            "INSERT INTO flows (key, parallelism, rate, period) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
            "parallelism = iif(pinned_parallelism, parallelism, excluded.parallelism), "
            "rate = iif(pinned_rate, rate, excluded.rate), period = iif(pinned_rate, period, excluded.period)",
            flow.key,
            flow.parallelism,
            flow.rate,
            flow.period,
        )

    def ensure(self, key: str) -> None:
        """A key may be paused or pinned before its first message."""
        self._database.write("INSERT INTO flows (key, period) VALUES (?, 1) ON CONFLICT DO NOTHING", key)

    def pause(self, key: str, *, paused: bool) -> None:
        self.ensure(key)
        self._database.write("UPDATE flows SET paused = ? WHERE key = ?", int(paused), key)

    def pin_parallelism(self, key: str, parallelism: int) -> None:
        self._database.write("UPDATE flows SET parallelism = ?, pinned_parallelism = 1 WHERE key = ?", parallelism, key)

    def pin_rate(self, key: str, rate: int, period: int) -> None:
        self._database.write("UPDATE flows SET rate = ?, period = ?, pinned_rate = 1 WHERE key = ?", rate, period, key)

    def unpin(self, key: str, *, parallelism: bool, rate: bool) -> None:
        self._database.write(
            "UPDATE flows SET pinned_parallelism = iif(?, 0, pinned_parallelism), "
            "pinned_rate = iif(?, 0, pinned_rate) WHERE key = ?",
            int(parallelism),
            int(rate),
            key,
        )
