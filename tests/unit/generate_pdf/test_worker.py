"""The typesetter in its process, as the job asks it: kept warm, bounded, and refusing with figures."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from functions.generate_pdf import data
from functions.generate_pdf.contract import Item
from functions.generate_pdf.request import request
from functions.generate_pdf.typesetting.budget import LIMITS, PAGES
from functions.generate_pdf.typesetting.press import Press
from shared.worker import Declined, Limits, OverBudget, Worker, WorkerDied
from tests.unit.generate_pdf.inspected import opened
from tests.unit.generate_pdf.samples import table

MODULE = "functions.generate_pdf.typesetting"
PATIENCE = 60.0


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    made = Worker(MODULE, LIMITS)
    yield made
    await made.close()


def ask(*items: Item) -> dict[str, Any]:
    return request("table", data.table(table(*items)))


async def test_a_kept_process_makes_what_the_press_makes(worker: Worker, press: Press) -> None:
    expected, _ = press.typeset(**ask())
    answer, pdf = await worker.ask_bytes(ask(), seconds=PATIENCE)
    assert answer == {"pages": 1, "unprintable": 0}
    assert pdf == expected
    first = worker.pid
    assert (await worker.ask_bytes(ask(), seconds=PATIENCE))[1] == expected
    assert worker.pid == first


async def test_more_pages_than_may_be_are_declined_with_their_number(worker: Worker) -> None:
    with pytest.raises(Declined) as refused:
        await worker.ask_bytes(ask(*[Item(what="W " * 250, price=1)] * 2000), seconds=PATIENCE)
    assert refused.value.reason == "too_long"
    assert refused.value.data["pages"] > refused.value.data["most"] == PAGES
    _, pdf = await worker.ask_bytes(ask(), seconds=PATIENCE)
    assert len(opened(pdf).pages) == 1


async def test_more_time_than_may_be_ends_it_and_the_next_one_is_made(worker: Worker) -> None:
    await worker.ask_bytes(ask(), seconds=PATIENCE)
    first = worker.pid
    with pytest.raises(OverBudget) as over:
        await worker.ask_bytes(ask(*[Item(what="word " * 99, price=1)] * 2000), seconds=0.05)
    assert over.value.budget == "time"
    await worker.ask_bytes(ask(), seconds=PATIENCE)
    assert worker.pid != first


async def test_more_memory_than_may_be_ends_it_and_the_next_one_is_made() -> None:
    worker = Worker(MODULE, Limits(memory=420_000_000))
    try:
        with pytest.raises((OverBudget, WorkerDied)):
            await worker.ask_bytes(ask(*[Item(what="word " * 99, price=1)] * 2000), seconds=PATIENCE)
        assert (await worker.ask_bytes(ask(), seconds=PATIENCE))[0]["pages"] == 1
    finally:
        await worker.close()


@pytest.mark.parametrize("template", ["house", "../../../etc/passwd", "words/en.json", ""])
async def test_no_other_file_is_a_template(worker: Worker, template: str) -> None:
    with pytest.raises(RuntimeError, match="ValidationError"):
        await worker.ask_bytes({"template": template, "data": {}}, seconds=PATIENCE)
