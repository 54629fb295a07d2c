"""A run that is replayed while the sweep is deleting what it is about to write: in no order is what it owns deleted."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pytest

from functions.cleanup_blobs.progress import Progress
from shared import reports
from shared.blobs import condemned, owners, pieces
from shared.reports import Draft, ReportFile
from shared.runs.model import State
from shared.side_by_side import side_by_side
from tests.integration.cleanup_blobs.bench import TYPE, Bench
from tests.integration.cleanup_blobs.interleaved import Player, Turnstile, orders

DRAFT: Final = Draft("ada", "report", "A", "a.pdf", "{}")
FILE: Final = ReportFile(5, 1, "00")
LIVE: Final = {"state": State.RUNNING.value}
OVER: Final = {"state": State.SUCCEEDED.value}


@dataclass
class Reading:
    """analyze_document's way with a text: live, look, create, name and end."""

    bench: Bench
    run: str

    @property
    def key(self) -> str:
        return f"texts/of-{self.run}/{self.run}.txt"

    @property
    def steps(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return (self._live, self._look, self._create, self._end)

    async def _live(self) -> None:
        await self.bench.database.runs.update_one({"_id": self.run}, {"$set": LIVE})

    async def _look(self) -> None:
        await condemned.spare(self.bench.database, self.key)

    async def _create(self) -> None:
        await self.bench.storage.create(self.key, b"54321", content_type=TYPE)

    async def _end(self) -> None:
        named = {"text": {"key": self.key, "characters": 5}}
        await self.bench.database.documents.update_one({"_id": f"of-{self.run}"}, {"$set": named}, upsert=True)
        await self.bench.database.runs.update_one({"_id": self.run}, {"$set": OVER})


@dataclass
class Reporting:
    """generate_pdf's way with a report: live, begin unless begun, look, create, finish and end."""

    bench: Bench
    run: str

    @property
    def key(self) -> str:
        return reports.key_of(self.run)

    @property
    def steps(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return (self._begin, self._look, self._create, self._end)

    async def _begin(self) -> None:
        await self.bench.database.runs.update_one({"_id": self.run}, {"$set": LIVE})
        await reports.begin(self.bench.database, self.run, DRAFT, created_at=1)

    async def _look(self) -> None:
        await condemned.spare(self.bench.database, self.key)

    async def _create(self) -> None:
        await self.bench.storage.create(self.key, b"54321", content_type=TYPE)

    async def _end(self) -> None:
        await reports.finish(self.bench.database, self.run, FILE)
        await self.bench.database.runs.update_one({"_id": self.run}, {"$set": OVER})


@dataclass
class Keeping(Reporting):
    """Its way with a report that it finds made: live, look, keep or else make it, and end."""

    @property
    def steps(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return (self._begin, self._look, self._keep, self._end)

    async def _keep(self) -> None:
        if await reports.keep(self.bench.database, self.run) is None:
            await reports.begin(self.bench.database, self.run, DRAFT, created_at=1)  # where it went: the next try's
            await self._create()


@pytest.fixture(autouse=True)
def _one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn asks for the owners of all keys at once."""
    monkeypatch.setattr(pieces, "PIECE", 1_000)


async def test_no_order_of_a_sweep_and_of_runs_that_read_a_text_loses_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among the slots is the one between the two queries for a text's owners."""
    turnstile = Turnstile(monkeypatch, slots=8)
    turnstile.at(condemned, "condemn")
    turnstile.at(owners, "live", after=True)
    turnstile.at(condemned, "release")  # twice: those that are owned, and those that are gone
    turnstile.at(bench.storage, "delete", after=True)
    await _swept(bench, turnstile, await _marked(bench, Reading, slots=8))


async def test_no_order_of_a_sweep_and_of_runs_that_make_a_report_loses_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of which the record is gone, and the file was left behind."""
    turnstile = Turnstile(monkeypatch, slots=7)
    turnstile.at(condemned, "condemn")
    turnstile.at(owners, "owned")
    turnstile.at(condemned, "release")
    turnstile.at(bench.storage, "delete", after=True)
    await _swept(bench, turnstile, await _marked(bench, Reporting, slots=7))


async def test_no_order_of_a_turn_and_of_runs_whose_report_has_expired_loses_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record is there to the last step; half of the runs have failed before they wrote the file."""
    turnstile = Turnstile(monkeypatch, slots=8)
    turnstile.at(condemned, "condemn")
    turnstile.at(owners, "live", after=True)
    turnstile.at(condemned, "release")
    turnstile.at(bench.storage, "delete", after=True)
    players = [Player(Reporting(bench, f"{number:03}"), order) for number, order in enumerate(orders(4, 8))]
    await _failed(bench, players)
    for number, player in enumerate(players):
        await reports.begin(bench.database, player.writer.run, DRAFT, created_at=-reports.KEPT_MS)
        if number % 2:
            await bench.put(player.writer.key)
    turnstile.open(players)
    await _played(bench, turnstile, players, await bench.turn(bucket=False))
    assert await bench.database.reports.count_documents({"expires_at": {"$gt": bench.now}}) == len(players)


async def test_no_order_of_a_turn_and_of_runs_whose_report_was_made_and_has_expired_loses_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    turnstile = Turnstile(monkeypatch, slots=8)
    turnstile.at(condemned, "condemn")
    turnstile.at(owners, "live", after=True)
    turnstile.at(condemned, "release")
    turnstile.at(bench.storage, "delete", after=True)
    players = [Player(Keeping(bench, f"{number:03}"), order) for number, order in enumerate(orders(4, 8))]
    await _failed(bench, players)
    await side_by_side(bench.report(player.writer.run, expires_at=1) for player in players)
    turnstile.open(players)
    await _played(bench, turnstile, players, await bench.turn(bucket=False))
    assert await bench.database.reports.count_documents({"expires_at": {"$gt": bench.now}}) == len(players)


async def _marked(bench: Bench, kind: type[Reading | Reporting], *, slots: int) -> list[Player]:
    """One for each order, whose key is marked and due."""
    players = [Player(kind(bench, f"{number:03}"), order) for number, order in enumerate(orders(4, slots))]
    await _failed(bench, players)
    await side_by_side(bench.put(player.writer.key) for player in players)
    bench.later(days=2)
    assert (await bench.turn(bucket=True))["marked"] == len(players)
    bench.later(days=1)
    return players


async def _failed(bench: Bench, players: Sequence[Player]) -> None:
    await side_by_side(bench.run(player.writer.run, State.FAILED) for player in players)


async def _swept(bench: Bench, turnstile: Turnstile, players: Sequence[Player]) -> None:
    def told(progress: Progress) -> None:
        if progress.phase == "sweep":
            turnstile.open(players)

    await _played(bench, turnstile, players, await bench.turn(bucket=True, told=told))


async def _played(bench: Bench, turnstile: Turnstile, players: Sequence[Player], result: Mapping[str, Any]) -> None:
    await turnstile.close()
    refused = sum(player.refused for player in players)
    (deleted,) = (one["count"] for one in result["deleted"].values())
    print(f"\n{len(players)} orders: {refused} had to wait, {deleted} objects were deleted")  # noqa: T201
    assert 0 < refused < len(players)
    assert 0 < deleted < len(players)
    assert await bench.there() == {player.writer.key for player in players}
    assert await bench.condemned() == set()
    bench.later(days=1)
    assert (await bench.turn(bucket=True))["deleted"] == {}
    assert await bench.marked() == set()
