"""The record of a report: the first write of each kind stands, and only its owner finds it, when its file is there."""

import asyncio
from dataclasses import replace

from shared import reports
from shared.database import Database
from shared.reports import Draft, ReportFile

FIRST = Draft("ada", "report", "$title", "a.pdf", '{"$x": "$y"}')
MADE = ReportFile(10, 2, "00ff")


async def test_what_was_begun_first_stands(database: Database) -> None:
    first = await reports.begin(database, "run", FIRST, created_at=7)
    assert (first.id, first.key, first.draft, first.file) == ("run", "reports/run.pdf", FIRST, None)
    assert first.expires_at == 7 + reports.KEPT_MS
    again = await reports.begin(database, "run", replace(FIRST, owner="eve", title="other"), created_at=8)
    assert again == first
    assert await reports.read(database, "run") == first


async def test_what_was_finished_first_stands(database: Database) -> None:
    await reports.begin(database, "run", FIRST, created_at=7)
    assert await reports.finish(database, "run", MADE) == MADE
    assert await reports.finish(database, "run", ReportFile(11, 3, "11")) == MADE


async def test_of_eight_at_the_same_moment_one_is_begun_and_one_finished(database: Database) -> None:
    drafts = [replace(FIRST, title=f"{number}") for number in range(8)]
    begun = await asyncio.gather(*(reports.begin(database, "run", draft, created_at=7) for draft in drafts))
    assert len({report.draft.title for report in begun}) == 1
    files = [ReportFile(number, 1, "00") for number in range(8)]
    assert len(set(await asyncio.gather(*(reports.finish(database, "run", file) for file in files)))) == 1


async def test_its_owner_alone_finds_it_and_not_before_its_file_is_there(database: Database) -> None:
    await reports.begin(database, "run", FIRST, created_at=7)
    assert await reports.find(database, "run", owner="ada") is None
    await reports.finish(database, "run", MADE)
    found = await reports.find(database, "run", owner="ada")
    assert found is not None
    assert found.file == MADE
    assert await reports.find(database, "run", owner="eve") is None
