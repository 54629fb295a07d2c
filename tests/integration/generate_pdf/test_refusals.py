"""What is not made: another's, what is not analysed, what is too much. Each with words that say why."""

from typing import Any

import pytest

from functions.generate_pdf import generating
from functions.generate_pdf.contract import CONTRACT, Item
from functions.generate_pdf.typesetting.budget import LIMITS
from shared.runs.model import Run, State
from shared.worker import Limits, Worker
from tests.integration.generate_pdf.bench import Bench
from tests.support.desk import Desk
from tests.support.stores import keys
from tests.unit.generate_pdf.samples import analysis


async def failed(bench: Bench, desk: Desk, run: Run) -> str:
    """Why it did for good, with nothing left behind (no file, no mail) and no operator told."""
    assert (await bench.deliver(desk, run)).answer.status == 489
    ended = await desk.read(run.id)
    assert ended.state is State.FAILED
    assert await bench.mails(run) == []
    assert await keys(bench.storage, f"reports/{run.id}") == []
    assert await bench.database.test_alerts.count_documents({"run": run.id}) == 0
    return ended.reason or ""


@pytest.mark.parametrize("whose", ["nobody's", "another's", "deleted"])
async def test_a_document_that_is_not_the_callers_is_not_there(bench: Bench, whose: str) -> None:
    desk = bench.desk()
    owner, other = await bench.person(), await bench.person()
    document = {
        "nobody's": "nothing",
        "another's": await bench.document(other),
        "deleted": await bench.document(owner, deleted_at=1),
    }[whose]
    run = await bench.report(desk, owner, document)
    assert await failed(bench, desk, run) == "there is no such document"


@pytest.mark.parametrize("status", ["stored", "analysing", "checking"])
async def test_an_analysis_that_may_be_on_its_way_is_waited_for(bench: Bench, status: str) -> None:
    desk = bench.desk()
    run = await bench.report(desk, status=status, analysis=None)
    assert (await bench.deliver(desk, run)).answer.status == 503
    waiting = await desk.read(run.id)
    assert (waiting.state, waiting.error) == (
        State.RETRYING,
        {"code": "not_yet", "message": f"the document is {status}"},
    )
    ready = {"status": "analysed", "analysis": analysis()}
    await bench.database.documents.update_one({"owner": run.owner}, {"$set": ready})
    assert (await bench.deliver(desk, run)).answer.status == 200


async def test_an_analysis_that_is_being_improved_is_not_waited_for(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.report(desk, status="analysing", analysis=analysis(degraded=True))
    assert (await bench.deliver(desk, run)).answer.status == 200


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"status": "unreadable", "unreadable_because": "scanned"}, "nothing could be read from the document: scanned"),
        ({"status": "refused"}, "the document's file was not the promised one: delete it, and upload it again"),
    ],
)
async def test_what_has_no_analysis_and_gets_none_fails_with_what_to_do(
    bench: Bench, changed: dict[str, Any], why: str
) -> None:
    desk = bench.desk()
    run = await bench.report(desk, analysis=None, **changed)
    assert await failed(bench, desk, run) == why


async def test_an_analysis_that_does_not_come_is_given_up_at_the_last_try(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.report(desk, status="stored", analysis=None)
    await bench.database.runs.update_one({"_id": run.id}, {"$set": {"tries": CONTRACT.tries - 1}})
    why = await failed(bench, desk, run)
    assert why == "the document is not analysed: start the job analyze_document, and then this one"


async def test_more_pages_than_may_be_fail_at_once_with_their_number(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.table(desk, *[Item(what="W " * 250, price=1)] * 2000)
    why = await failed(bench, desk, run)
    assert why.startswith("it would have ")
    assert why.endswith(" pages, and may have 400")
    assert (await desk.read(run.id)).tries == 1


async def test_more_time_than_may_be_fails_at_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generating, "SECONDS", 0.01)
    desk = bench.desk()
    run = await bench.table(desk)
    assert await failed(bench, desk, run) == "it takes more time than the 0.01 s that it may have"


async def test_more_memory_than_may_be_fails_at_once(bench: Bench) -> None:
    worker = Worker("functions.generate_pdf.typesetting", Limits(memory=420_000_000))
    try:
        desk = bench.desk(typesetter=worker)
        run = await bench.table(desk, *[Item(what="word " * 99, price=1)] * 2000)
        assert "memory" in await failed(bench, desk, run)
    finally:
        await worker.close()


async def test_what_ends_the_typesetter_fails_at_once(bench: Bench) -> None:
    worker = Worker("tests.integration.generate_pdf.dying", LIMITS)
    try:
        desk = bench.desk(typesetter=worker)
        why = "it takes more memory than it may have, or can't be typeset at all"
        assert await failed(bench, desk, await bench.table(desk)) == why
    finally:
        await worker.close()


async def test_a_typesetter_that_does_not_even_start_is_no_fault_of_the_request(bench: Bench) -> None:
    """As after a bad deployment: the next one makes the PDF."""
    worker = Worker("functions.generate_pdf.typesetting.missing", LIMITS)
    try:
        desk = bench.desk(typesetter=worker)
        run = await bench.table(desk)
        assert (await bench.deliver(desk, run)).answer.status == 503
    finally:
        await worker.close()
    assert (await desk.read(run.id)).error == {
        "code": "retryable",
        "message": "the typesetter does not work (status 1)",
    }
    assert (await bench.deliver(bench.desk(), run)).answer.status == 200


async def test_too_little_time_left_gives_the_run_back_unharmed(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.report(desk)
    assert (await desk.deliver(run, remaining=50)).answer.status == 503
    assert (await bench.deliver(desk, run)).answer.status == 200
