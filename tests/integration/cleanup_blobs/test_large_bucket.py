"""A large bucket with people at work: no object that is owned goes, all others do, and a page is all that is held.

MILLRACE_SOAK=1: 100,000 objects; else 1,000, in pages of 50.
"""

import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final

import pytest

from functions.cleanup_blobs import marking, sweeping
from functions.cleanup_blobs.progress import Progress
from shared.config import StorageSettings
from shared.storage import Storage
from shared.storage import storage as paging
from tests.integration.cleanup_blobs.bench import Bench
from tests.integration.cleanup_blobs.crowd import Crowd, Person, among
from tests.support.memory.peak import Peak
from tests.support.open_storage import open_storage

SOAK: Final = bool(os.environ.get("MILLRACE_SOAK"))
OBJECTS: Final = 100_000 if SOAK else 1_000
PAGE: Final = 1_000 if SOAK else 50
PEOPLE: Final = 3
WARM: Final = 5
"""Pages after which the process has all that it will ever hold."""
HELD: Final = 15_000_000
"""Bytes over that: of the turn and of the people at once."""
LEG: Final = 220
"""Seconds of a delivery that pages are begun in."""

pytestmark = pytest.mark.timeout(3_000 if SOAK else 300)


@dataclass
class Watch:
    """What a turn asks of the store, and the memory of its process; at each page it lets the people go on."""

    storage: Storage
    people: Sequence[Person]
    calls: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    peak: Peak | None = None

    def __post_init__(self) -> None:
        self.storage._calls.client.meta.events.register("before-call.s3", self._count)

    def _count(self, model: Any, **_: Any) -> None:
        self.calls[model.name] += 1

    def told(self, progress: Progress) -> None:
        self.pages += progress.phase == "mark"
        if self.pages == WARM and self.peak is None:
            self.peak = Peak()
        for person in self.people:
            person.may.set()

    def begin(self) -> None:
        self.calls.clear()
        self.pages, self.peak = 0, None


async def test_nothing_owned_is_deleted_and_everything_orphaned_is(
    bench: Bench, yard: StorageSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (paging, marking, sweeping):
        monkeypatch.setattr(module, "BATCH", PAGE)
    crowd = Crowd()
    await crowd.fill(yard, bench.database, OBJECTS)
    with open_storage(yard) as theirs:
        people = [Person(bench.database, theirs) for _ in range(PEOPLE)]
        watch = Watch(bench.storage, people)
        for name in ("marked", "swept"):
            bench.later(days=2)
            watch.begin()
            began = time.monotonic()
            result = await among(people, lambda: bench.turn(bucket=True, told=watch.told))
            _told(name, watch, result, time.monotonic() - began)
            assert watch.calls["ListObjectsV2"] == ceil(result["seen"] / PAGE)
            assert watch.calls["DeleteObjects"] == _fewest(result)
            assert watch.peak is not None
            assert watch.peak.grown < HELD
            assert not result["failed"]
            assert crowd.owned <= await bench.there()
    assert all(person.claimed and person.deleted for person in people)
    there = await bench.there()
    assert not crowd.orphaned & there
    named = [record async for record in bench.database.documents.find({"owner": "eve"}, {"file.key": 1})]
    assert {record["file"]["key"] for record in named} <= there
    await _quiet(bench)
    assert await bench.there() == crowd.owned | {
        record["file"]["key"] async for record in bench.database.documents.find({"owner": "eve"}, {"file.key": 1})
    }


def _fewest(result: Mapping[str, Any]) -> int:
    """Calls: for each kind of record, and for the marks that were due."""
    by_record = Counter[str]()
    for reason, one in result["deleted"].items():
        by_record[reason.partition("_")[0]] += one["count"]
    del by_record["orphan"]
    return sum(ceil(count / 1_000) for count in by_record.values()) + ceil(int(result["due"]) / PAGE)


async def _quiet(bench: Bench) -> None:
    """The people have gone: what they left half done is orphaned, and goes."""
    await bench.database.uploads.update_many({"url_expires_at": {"$lt": bench.now}}, {"$set": {"url_expires_at": 0}})
    for _ in range(2):
        bench.later(days=2)
        await bench.turn(bucket=True)
    assert (await bench.marked(), await bench.condemned()) == (set(), set())


def _told(name: str, watch: Watch, result: Mapping[str, Any], took: float) -> None:
    seen, deleted = result["seen"], sum(one["count"] for one in result["deleted"].values())
    pages = 10_000_000 / 1_000
    hours = took / ceil(seen / PAGE) * pages / 3_600
    grown = watch.peak.grown / 1e6 if watch.peak else 0.0
    print(  # noqa: T201
        f"\n{name}: {seen:,} objects in {took:.1f} s ({seen / took:,.0f} a second), {result['marked']:,} marked, "
        f"{deleted:,} deleted; {watch.calls['ListObjectsV2']} lists, {watch.calls['DeleteObjects']} deletes; "
        f"{grown:.1f} MB over what the process held after {WARM} pages"
        f"\n  ten million, at this pace: {pages:,.0f} lists, {hours:.1f} h, {ceil(hours * 3_600 / LEG)} legs"
    )
