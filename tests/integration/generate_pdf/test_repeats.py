"""Cut off anywhere and delivered again: one file, one record, one mail, and all three say the same."""

import asyncio
import hashlib
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from functions.generate_pdf import data
from functions.generate_pdf.services import Services
from functions.generate_pdf.typesetting.press import Press
from infra.local.faults.exchange import Exchange, Fault
from infra.local.faults.http import Http
from infra.local.faults.proxy import FaultProxy
from shared.clock import World
from shared.config import StorageSettings
from shared.database import Database
from shared.errors import DependencyDown
from shared.retries import Retries
from shared.runs.model import Run, State
from shared.storage import Storage
from shared.worker import Worker
from tests.integration.generate_pdf.bench import Bench
from tests.support.open_storage import open_storage
from tests.support.stores import doing_first, keys
from tests.unit.generate_pdf.inspected import words_in
from tests.unit.generate_pdf.samples import table


@pytest.fixture
def bench(database: Database, storage: Storage, worker: Worker) -> Bench:
    """On each provider in turn."""
    return Bench(database, Services(database, storage, worker))


class Idle(Worker):
    """Nothing may be typeset by it."""

    def __init__(self) -> None:
        pass

    async def ask_bytes(self, request: dict[str, Any], *, seconds: float) -> tuple[dict[str, Any], bytes]:
        raise AssertionError("it was asked to typeset")


async def one_of_each(bench: Bench, run: Run) -> None:
    assert await keys(bench.storage, f"reports/{run.id}") == [f"reports/{run.id}.pdf"]
    assert await bench.database.reports.count_documents({"owner": run.owner}) == 1
    assert len(await bench.mails(run)) == 1
    pdf, record = await bench.pdf(run), await bench.record(run)
    assert (record["size"], record["sha256"]) == (len(pdf), hashlib.sha256(pdf).hexdigest())


async def test_a_duplicate_changes_nothing(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.report(desk)
    for _ in range(3):
        assert (await bench.deliver(desk, run)).answer.status == 200
    await one_of_each(bench, run)


async def test_two_at_the_same_moment_make_one(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.report(desk)
    handled = await asyncio.gather(*(desk.deliver(run, remaining=115) for _ in range(2)))
    assert sorted(one.answer.status for one in handled) == [200, 409]
    await one_of_each(bench, run)


async def test_what_stands_in_it_is_decided_once(bench: Bench) -> None:
    """The document is renamed between an attempt that could not store its file and the next one."""

    async def away() -> None:
        raise DependencyDown("storage", "status 500")

    desk = bench.desk(storage=doing_first(bench.storage, "create", away))
    run = await bench.report(desk, title="Before")
    assert (await bench.deliver(desk, run)).answer.status == 503
    assert (await desk.read(run.id)).state is State.RETRYING
    await bench.database.documents.update_many({"owner": run.owner}, {"$set": {"title": "After", "deleted_at": 1}})
    assert (await bench.deliver(bench.desk(), run)).answer.status == 200
    assert "Before" in words_in(await bench.pdf(run))
    assert [mail.title for mail in await bench.mails(run)] == ["Before"]
    await one_of_each(bench, run)


async def test_a_file_that_an_earlier_deploy_has_written_stands_and_is_described(bench: Bench) -> None:
    earlier, _ = Press().typeset("table", data.table(table(title="Of an earlier deploy")))
    desk = bench.desk()
    run = await bench.report(desk)
    await bench.storage.create(f"reports/{run.id}.pdf", earlier, content_type="application/pdf")
    assert (await bench.deliver(desk, run)).answer.status == 200
    assert await bench.pdf(run) == earlier
    assert (await bench.result(run))["pages"] == 1
    await one_of_each(bench, run)


async def test_cut_off_after_the_record_nothing_is_made_again_and_the_mail_is_sent(bench: Bench) -> None:
    desk = bench.desk(storage=_cut_at_signing(bench.storage))
    run = await bench.report(desk)
    assert (await bench.deliver(desk, run)).answer.status == 503
    assert (await bench.record(run))["size"]
    assert await bench.mails(run) == []
    assert (await bench.deliver(bench.desk(typesetter=Idle()), run)).answer.status == 200
    await one_of_each(bench, run)


def _cut_at_signing(storage: Storage) -> Storage:
    class Cut:
        def __getattr__(self, name: str) -> Any:
            return getattr(storage, name)

        def presign_get(self, *_: Any, **__: Any) -> str:
            raise RuntimeError("cut off")

    return cast("Storage", Cut())


@pytest.mark.parametrize("attempts", [1, 3])
async def test_a_file_whose_answer_was_lost_is_found(
    bench: Bench, storage_settings: StorageSettings, attempts: int
) -> None:
    """By a try of the same call, or by the next delivery."""
    lost = [Fault(forwarded=True)]

    def judge(exchange: Exchange) -> Fault | None:
        return lost.pop() if lost and exchange.name.startswith("PUT") else None

    endpoint = urlsplit(storage_settings.storage_endpoint)
    retries = Retries("storage", world=World(sleep=lambda _: asyncio.sleep(0)), attempts=attempts)
    upstream = (endpoint.hostname or "", endpoint.port or 0)
    async with FaultProxy("storage", Http(), upstream, judge) as proxy:
        through = storage_settings.model_copy(update={"storage_endpoint": f"http://{proxy.authority}"})
        with open_storage(through, retries=retries) as storage:
            desk = bench.desk(storage=storage)
            run = await bench.report(desk)
            first = (await bench.deliver(desk, run)).answer.status
            assert lost == []
            assert first == (503 if attempts == 1 else 200)
            assert (await bench.deliver(desk, run)).answer.status == 200
    await one_of_each(bench, run)


async def test_a_run_that_died_after_its_record_has_succeeded(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.report(desk)
    await bench.deliver(desk, run)
    record = await bench.record(run)
    again = {"state": "running", "tries": desk.contract.tries, "lease": 0, "result": None}
    await bench.database.runs.update_one({"_id": run.id}, {"$set": again, "$push": {"attempts": {"began": 1}}})
    assert (await desk.deliver(run, remaining=115)).answer.status == 200
    ended = await desk.read(run.id)
    assert ended.state is State.SUCCEEDED
    assert await bench.result(run) == {"report": run.id, "pages": 2, "size": record["size"], "mail": None}
