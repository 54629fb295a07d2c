"""More than one at a time, and services that are away: in the end there is one text and one analysis."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from shared.documents import Status
from shared.errors import DependencyDown
from shared.runs.model import State
from tests.integration.analyze_document.bench import WHOLE_CALL, Bench, result
from tests.support.stores import doing_first


async def test_a_second_delivery_while_the_first_one_works_is_told_to_come_later(bench: Bench) -> None:
    made, desk = await bench.keep(), bench.desk()
    run = await bench.begun(desk, made)
    seen: list[int] = []

    async def meanwhile() -> None:
        seen.append((await bench.desk().deliver(run, remaining=WHOLE_CALL)).answer.status)

    bench.provider.first = meanwhile
    await desk.deliver(run, remaining=WHOLE_CALL)
    assert seen == [409]
    assert len(bench.ai.calls()) == 1
    assert (await desk.read(run.id)).state is State.SUCCEEDED


async def test_a_lambda_that_wakes_up_when_its_lease_is_over_spoils_nothing(bench: Bench) -> None:
    """It was frozen with the text in its hands; meanwhile another delivery of its run has done everything."""
    made, desk = await bench.keep(), bench.desk()
    run = await bench.begun(desk, made)

    async def frozen() -> None:
        assert result(await bench.delivered(desk, run))["degraded"] is False

    asleep = bench.desk(storage=doing_first(bench.services.storage, "create", frozen))
    handled = await asleep.deliver(run, remaining=WHOLE_CALL)

    assert handled.answer.outcome == "lost"
    assert (await desk.read(run.id)).state is State.SUCCEEDED
    document = await bench.document(made)
    assert (document.status, (document.analysis or {})["run"]) == (Status.ANALYSED, run.id)
    assert await bench.texts(made) == [document.text.key if document.text else None]
    assert len(bench.ai.calls()) == 1


async def test_two_runs_at_once_read_the_file_to_one_text_and_ask_once(bench: Bench) -> None:
    """Both have stored a text before either is named: the one that is not named is thrown away."""
    made = await bench.keep()
    both = asyncio.Barrier(2)

    async def together() -> None:
        async with asyncio.timeout(60):
            await both.wait()

    desks = [bench.desk(storage=doing_first(bench.services.storage, "create", together)) for _ in range(2)]
    runs = await asyncio.gather(*(bench.analysed(made, desk) for desk in desks))

    assert [(run.state, result(run)["degraded"]) for run in runs] == [(State.SUCCEEDED, False)] * 2
    document = await bench.document(made)
    assert document.status is Status.ANALYSED
    assert (document.analysis or {})["run"] in {run.id for run in runs}
    assert await bench.texts(made) == [document.text.key if document.text else None]
    assert len(bench.ai.calls()) == 1


@pytest.mark.parametrize("step", ["save", "create"])
async def test_storage_away_while_the_file_is_read_is_waited_for(bench: Bench, step: str) -> None:
    failures = [DependencyDown("storage", "status 500")]

    async def away() -> None:
        if failures:
            raise failures.pop()

    made, desk = await bench.keep(), bench.desk(storage=doing_first(bench.services.storage, step, away))
    run = await bench.analysed(made, desk)
    assert run.state is State.RETRYING
    assert (await bench.document(made)).status is Status.STORED
    run = await bench.delivered(desk, run)
    assert (run.state, result(run)["degraded"]) == (State.SUCCEEDED, False)
    assert len(await bench.texts(made)) == len(bench.ai.calls()) == 1


async def test_storage_away_while_the_text_is_fetched_is_waited_for(bench: Bench) -> None:
    class Away:
        def stream(self, _: str) -> AsyncGenerator[bytes]:
            raise DependencyDown("storage", "status 500")

    bench.ai.order({"status": 503, "headers": {"retry-after": "1"}})
    made = await bench.keep()
    run = await bench.analysed(made)  # has read the text, and has not reached the model
    run = await bench.delivered(bench.desk(storage=Away()), run)
    assert run.state is State.RETRYING
    assert (await bench.document(made)).status is Status.STORED
    assert result(await bench.delivered(bench.desk(), run))["degraded"] is False


async def test_a_run_that_fails_for_good_leaves_a_document_that_another_may_analyse(bench: Bench) -> None:
    made = await bench.keep()

    async def away() -> None:
        raise DependencyDown("storage", "status 500")

    desk = bench.desk(storage=doing_first(bench.services.storage, "save", away))
    run = await bench.begun(desk, made)
    await desk.change(run.id, tries=7)
    run = await bench.delivered(desk, run)
    assert run.state is State.FAILED
    assert (await bench.document(made)).status is Status.STORED
    assert result(await bench.analysed(made))["status"] == "analysed"


async def test_a_run_that_is_cancelled_between_its_deliveries_leaves_no_trace(bench: Bench) -> None:
    made, desk = await bench.keep(), bench.desk()
    bench.ai.order(always={"status": 503, "headers": {"retry-after": "1"}})
    run = await bench.delivered(desk, await bench.begun(desk, made))
    await desk.change(run.id, cancel={"by": "owner", "at": 1})
    run = await bench.delivered(desk, run)
    assert run.state is State.CANCELLED
    assert (await bench.document(made)).status is Status.STORED


async def test_a_delivery_that_is_cut_off_at_its_deadline_puts_the_document_back(bench: Bench) -> None:
    made, desk = await bench.keep(), bench.desk()
    run = await bench.begun(desk, made)
    began = asyncio.Event()

    async def forever() -> None:
        began.set()
        await asyncio.Event().wait()

    stuck = bench.desk(storage=doing_first(bench.services.storage, "save", forever))
    await stuck.deliver(run, remaining=6.0)
    assert began.is_set()
    assert (await desk.read(run.id)).state is State.RETRYING
    assert (await bench.document(made)).status is Status.STORED


async def test_a_lambda_that_dies_leaves_a_document_that_its_next_delivery_analyses(bench: Bench) -> None:
    """Nobody has put it back."""
    made, desk = await bench.keep(status="analysing"), bench.desk()
    run = await bench.begun(desk, made)
    run = await bench.delivered(desk, run)
    assert result(run)["degraded"] is False
    assert (await bench.document(made)).version == 3  # the text is named, the analysis stored
