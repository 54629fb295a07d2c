"""A field of stored documents gets another name, by the deploys and the job of docs/changing.md: no write is lost."""

import importlib
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

import functions
from shared.database import Database
from shared.runs.model import Run, State
from tests.integration.example.page import ROOT, files
from tests.support.desk import Desk
from tests.support.documents import keep

PAGE: Final = ROOT / "docs" / "changing.md"
JOB: Final = "functions.rename_title"
IDS: Final = [f"d{number:02}" for number in range(10)]


@dataclass(frozen=True)
class Code:
    """What a deploy reads the name from, and where it writes it."""

    reads: str
    writes: tuple[str, ...]

    async def write(self, database: Database, document: str, name: str) -> None:
        await database.documents.update_one({"_id": document}, {"$set": dict.fromkeys(self.writes, name)})

    async def read(self, database: Database, document: str) -> str:
        record = await database.documents.find_one({"_id": document})
        assert record
        return str(record[self.reads])


DEPLOYS: Final = (
    Code("title", ("title",)),
    Code("title", ("title", "name")),
    Code("name", ("title", "name")),
    Code("name", ("name",)),
)


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The page's job, as if its folder were there."""
    for name, content in files(PAGE).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    monkeypatch.setattr(functions, "__path__", [*functions.__path__, str(tmp_path / "functions")])
    yield importlib.import_module(f"{JOB}.handler")
    for name in [name for name in sys.modules if name.startswith(JOB)]:
        del sys.modules[name]


@pytest.fixture
def desk(database: Database, job: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(job, "PAGE", 4)
    return Desk(database, job.CONTRACT, job.handler.work, services=database)


@pytest.fixture
async def library(database: Database) -> Database:
    """Documents as deploy 0 has written them."""
    for document in IDS:
        await keep(database, document)
    return database


async def renamed(desk: Desk, *, meanwhile: Code | None = None) -> dict[str, int]:
    """What the job says in the end. After each leg `meanwhile` writes to the first document and to the last."""
    job: Any = sys.modules[f"{JOB}.contract"]
    run = (await desk.enqueue(job.RenameTitle())).run
    while run.state is not State.SUCCEEDED:
        run = await leg(desk, run)
        if meanwhile and run.state is not State.SUCCEEDED:
            for document in (IDS[0], IDS[-1]):
                await meanwhile.write(desk.database, document, f"{document} in leg {run.leg}")
    result: dict[str, int] = json.loads(run.result or "null")
    return result


async def leg(desk: Desk, run: Run) -> Run:
    await desk.change(run.id, not_before=0)
    assert (await desk.deliver(run)).answer.status == 200
    return await desk.read(run.id)


async def test_neighbouring_deploys_read_what_the_other_writes_from_the_first_to_the_last(
    library: Database, desk: Desk
) -> None:
    chance = random.Random(7)
    for older, newer in pairwise(DEPLOYS):
        for number in range(20):
            document = chance.choice(IDS)
            await chance.choice([older, newer]).write(library, document, f"{document} by write {number}")
            assert await older.read(library, document) == await newer.read(library, document)
        if newer is DEPLOYS[1]:
            assert (await renamed(desk, meanwhile=newer))["left"] == 0
    assert all([await DEPLOYS[3].read(library, document) for document in IDS])


async def test_a_write_of_before_that_comes_behind_the_jobs_back_is_counted_and_found_by_the_next_run(
    library: Database, desk: Desk
) -> None:
    """Deploy 0 is still there, or there again: its write stands, and deploy 2 has to wait."""
    assert await renamed(desk, meanwhile=DEPLOYS[0]) == {"renamed": 10, "left": 1}
    assert await DEPLOYS[1].read(library, IDS[0]) == f"{IDS[0]} in leg 2"
    assert await renamed(desk) == {"renamed": 1, "left": 0}
    assert await DEPLOYS[2].read(library, IDS[0]) == f"{IDS[0]} in leg 2"


async def test_a_leg_that_was_killed_before_it_settled_is_done_again(library: Database, desk: Desk) -> None:
    job: Any = sys.modules[f"{JOB}.contract"]
    run = (await desk.enqueue(job.RenameTitle())).run
    await leg(desk, run)
    await desk.change(run.id, state="running", holder="a Lambda that is no more", lease=0, leg=0, epoch=0, cursor=None)
    while run.state is not State.SUCCEEDED:
        run = await leg(desk, run)
    assert await library.documents.count_documents({"$expr": {"$ne": ["$name", "$title"]}}) == 0
