"""One document, from a stored file to its analysis: what the record says, and what the run says, at each end."""

import tempfile
from pathlib import Path
from typing import get_args

import pytest

from functions.analyze_document import reading
from functions.analyze_document.errors import WORDS
from functions.analyze_document.extraction.declines import Reason
from functions.sync_search.contract import CONTRACT as SYNC_SEARCH
from shared.documents import Status, progress, records
from shared.runs.model import State
from shared.worker import Worker
from tests.integration.analyze_document.bench import TEXT, Bench, result
from tests.support.stores import doing_first
from tests.support.unindexed import unindexed

FULL = {"status": "analysed", "degraded": False, "parts": 1, "model": "openai/local-model", "whole": True}


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_file_becomes_a_text_and_an_analysis(bench: Bench) -> None:
    made = await bench.keep()
    run = await bench.analysed(made)

    assert (run.state, result(run)) == (State.SUCCEEDED, FULL)
    document = await bench.document(made)
    assert (document.status, document.unreadable_because) == (Status.ANALYSED, None)
    assert document.text is not None
    assert (document.text.key, document.text.characters) == (f"texts/{made}/{run.id}.txt", len(TEXT))
    assert [piece async for piece in bench.services.storage.stream(document.text.key)] == [TEXT.encode()]
    assert document.analysis is not None
    assert document.analysis["summary"].startswith("The mill stands by the river.")
    assert document.analysis["language"] == "en"
    kept = {name: document.analysis[name] for name in ("degraded", "model", "parts", "whole", "run", "at")}
    told = {name: FULL[name] for name in ("degraded", "model", "parts", "whole")}
    assert kept == told | {"run": run.id, "at": run.attempts[-1]["started"]}


@pytest.mark.parametrize(("body", "state", "steps"), [(TEXT, State.SUCCEEDED, 3), ("leave", State.RETRYING, 2)])
async def test_the_search_index_learns_of_its_steps_by_one_run(
    bench: Bench, body: str, state: State, *, steps: int
) -> None:
    """Also of that which puts it back where the run has come to nothing."""
    desk = bench.desk()
    run = await bench.analysed(await bench.keep(body), desk)
    assert run.state is state
    [index] = await bench.database.runs.find({"job": SYNC_SEARCH.name}).to_list(None)
    assert (index["state"], index["joined"]) == (State.QUEUED.value, steps - 1)
    assert [message.run for message in desk.publisher.published] == [run.id, index["_id"]]


async def test_an_analysis_of_a_real_file_by_the_real_reader(bench: Bench) -> None:
    """A PDF, read by the job's own worker."""
    path = Path(__file__).parents[2] / "data" / "mill-race.pdf"
    made = await bench.keep(path.read_bytes(), name=path.name, content_type="application/pdf")
    reader = Worker(reading.MODULE, reading.LIMITS)
    try:
        run = await bench.analysed(made, bench.desk(reader=reader))
    finally:
        await reader.close()
    assert result(run) == FULL


async def test_nothing_of_it_stays_on_the_disk(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    await bench.analysed(await bench.keep())
    await bench.analysed(await bench.keep("decline damaged"))
    assert left_in(tmp_path) == []


async def test_what_is_analysed_is_not_analysed_again(bench: Bench) -> None:
    made = await bench.keep()
    await bench.analysed(made)
    before = await bench.document(made)

    assert result(await bench.analysed(made)) == FULL
    assert await bench.document(made) == before
    assert len(bench.ai.calls()) == 1


async def test_a_repeat_after_the_settling_was_lost_finds_its_analysis(bench: Bench) -> None:
    made = await bench.keep()
    desk = bench.desk()
    run = await bench.analysed(made, desk)
    before = await bench.document(made)
    await desk.change(run.id, state="running", lease=0, result=None)

    run = await bench.delivered(desk, run)
    assert (run.state, result(run)) == (State.SUCCEEDED, FULL)
    assert await bench.document(made) == before


async def test_a_run_that_is_out_of_tries_has_succeeded_if_its_analysis_is_there(bench: Bench) -> None:
    made = await bench.keep()
    desk = bench.desk()
    run = await bench.analysed(made, desk)
    await bench.database.runs.update_one({"_id": run.id}, {"$unset": {"attempts.0.ended": ""}})
    await desk.change(run.id, state="running", lease=0, result=None, tries=8, finished=None)

    run = await bench.delivered(desk, run)
    assert (run.state, result(run)) == (State.SUCCEEDED, FULL)


@pytest.mark.parametrize("whose", ["unknown", "another's", "deleted"])
async def test_a_document_that_is_not_there_fails_the_run_for_good(bench: Bench, whose: str) -> None:
    """In the same words, so that nobody learns which documents others have."""
    made = "unknown" if whose == "unknown" else await bench.keep()
    if whose == "another's":
        bench.owner = "somebody else"
    if whose == "deleted":
        await records.delete(bench.database, made, owner=bench.owner, indexing=unindexed)
    run = await bench.analysed(made)
    assert (run.state, run.reason) == (State.FAILED, "there is no such document")


async def test_a_file_that_is_not_the_promised_one_fails_the_run(bench: Bench) -> None:
    made = await bench.keep(status="refused")
    run = await bench.analysed(made)
    assert (run.state, run.reason) == (State.FAILED, "the document's file is not the promised one")
    assert (await bench.document(made)).status is Status.REFUSED


async def test_a_file_that_is_being_checked_is_waited_for(bench: Bench) -> None:
    made = await bench.keep(status="checking")
    desk = bench.desk()
    run = await bench.analysed(made, desk)
    assert run.state is State.RETRYING
    await progress.move(bench.database, made, of={Status.CHECKING}, to=Status.STORED, indexing=unindexed)
    assert result(await bench.delivered(desk, run)) == FULL


@pytest.mark.parametrize("status", ["analysing", "unreadable"])
async def test_an_analysis_may_begin_where_another_has_not_ended_well(bench: Bench, status: str) -> None:
    """What was said of the file is not said any more from then on."""
    made = await bench.keep(status=status, unreadable_because="It was." if status == "unreadable" else None)
    seen = []

    async def meanwhile() -> None:
        seen.append(await bench.document(made))

    bench.provider.first = meanwhile
    assert result(await bench.analysed(made)) == FULL
    seen.append(await bench.document(made))
    assert [one.status for one in seen] == [Status.ANALYSING, Status.ANALYSED]
    assert [one.unreadable_because for one in seen] == [None, None]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *((f"decline {reason}", reason) for reason in get_args(Reason)),
        ("allocate", "memory"),
        ("sleep", "time"),
    ],
)
async def test_what_can_not_be_read_is_said_and_is_no_failure(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, *, text: str, reason: str
) -> None:
    if text == "sleep":
        monkeypatch.setattr(reading, "SECONDS", 1.0)
    made = await bench.keep(text)
    run = await bench.analysed(made)
    assert (run.state, result(run)) == (State.SUCCEEDED, {"status": "unreadable", "because": reason})
    document = await bench.document(made)
    assert (document.status, document.unreadable_because) == (Status.UNREADABLE, WORDS[reason])
    assert (document.text, document.analysis, bench.ai.calls()) == (None, None, [])


async def test_a_file_that_ends_its_reader_is_unreadable(bench: Bench) -> None:
    made = await bench.keep("die")
    assert result(await bench.analysed(made)) == {"status": "unreadable", "because": "died"}
    assert (await bench.document(made)).unreadable_because == "The file can't be read."


async def test_a_file_of_which_only_the_beginning_was_read_is_not_called_whole(bench: Bench) -> None:
    made = await bench.keep(f"truncated: {TEXT}")
    assert result(await bench.analysed(made)) == FULL | {"whole": False}
    text = (await bench.document(made)).text
    assert text is not None
    assert not text.whole


async def test_a_reader_that_does_not_even_start_is_no_fault_of_the_file(bench: Bench) -> None:
    """As after a bad deployment: no document is called unreadable for it."""
    made = await bench.keep("leave")
    run = await bench.analysed(made)
    assert run.state is State.RETRYING
    assert (await bench.document(made)).status is Status.STORED


async def test_a_file_of_spaces_has_no_text(bench: Bench) -> None:
    made = await bench.keep(" \n\t ")
    assert result(await bench.analysed(made)) == {"status": "unreadable", "because": "empty"}


@pytest.mark.parametrize("step", ["save", "create"])
async def test_a_document_that_is_deleted_in_the_middle_leaves_nothing(bench: Bench, step: str) -> None:
    made = await bench.keep()

    async def meanwhile() -> None:
        await records.delete(bench.database, made, owner=bench.owner, indexing=unindexed)

    run = await bench.analysed(made, bench.desk(storage=doing_first(bench.services.storage, step, meanwhile)))
    assert (run.state, run.reason) == (State.FAILED, "there is no such document")
    assert await bench.texts(made) == []
    document = await bench.document(made)
    assert (document.text, document.analysis) == (None, None)


async def test_a_document_that_is_deleted_while_the_model_thinks_gets_no_analysis(bench: Bench) -> None:
    made = await bench.keep()

    async def meanwhile() -> None:
        await records.delete(bench.database, made, owner=bench.owner, indexing=unindexed)

    bench.provider.first = meanwhile
    run = await bench.analysed(made)
    assert (run.state, run.reason) == (State.FAILED, "there is no such document")
    assert (await bench.document(made)).analysis is None


async def test_a_text_that_is_gone_is_read_from_the_file_again(bench: Bench) -> None:
    made = await bench.keep(text={"key": "texts/lost", "characters": 9})
    run = await bench.analysed(made)
    assert result(run) == FULL
    text = (await bench.document(made)).text
    assert text is not None
    assert (text.key, text.characters) == (f"texts/{made}/{run.id}.txt", len(TEXT))


async def test_a_repeat_takes_the_text_that_its_first_attempt_has_stored(bench: Bench) -> None:
    """Even if another version of the code would read the file otherwise today: what was written once counts."""
    made = await bench.keep()
    desk = bench.desk()
    run = await bench.begun(desk, made)
    earlier = "What was read from it yesterday."
    await bench.services.storage.create(f"texts/{made}/{run.id}.txt", earlier.encode(), content_type="text/plain")
    await bench.delivered(desk, run)
    document = await bench.document(made)
    assert (document.text.characters if document.text else 0) == len(earlier)
    assert (document.analysis or {})["summary"] == earlier
