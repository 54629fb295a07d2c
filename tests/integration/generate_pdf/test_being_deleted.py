"""A run that is replayed while the cleanup is deleting its old file waits, and then makes a new one."""

from shared import reports
from shared.blobs import condemned
from shared.reports import CONTENT_TYPE
from shared.runs.model import Run, State
from tests.integration.generate_pdf.bench import Bench
from tests.support.desk import Desk


async def test_a_report_is_not_written_while_its_old_file_is_being_deleted(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.report(desk)
    key = reports.key_of(run.id)
    await bench.storage.create(key, b"of an earlier attempt", content_type=CONTENT_TYPE)
    await condemned.condemn(bench.database, [key], by="turn")
    answer = (await bench.deliver(desk, run)).answer
    assert (answer.status, (await desk.read(run.id)).state) == (503, State.RETRYING)
    await bench.storage.delete([key])
    await condemned.release(bench.database, [key], by="turn")
    assert (await bench.deliver(desk, run)).answer.status == 200
    assert len(await bench.pdf(run)) == (await bench.record(run))["size"]


async def test_a_report_whose_record_expired_while_its_file_was_made_is_begun_anew(bench: Bench) -> None:
    desk = bench.desk()
    run = await bench.report(desk)
    storage = bench.storage

    class Slow:
        def __getattr__(self, name: str) -> object:
            return getattr(storage, name)

        async def create(self, *given: object, **named: object) -> bool:
            await bench.database.reports.delete_one({"_id": run.id})
            return await storage.create(*given, **named)  # type: ignore[arg-type]  # handed on as it came

    assert (await bench.deliver(bench.desk(storage=Slow()), run)).answer.status == 503
    assert (await bench.deliver(desk, run)).answer.status == 200
    assert (await bench.record(run))["size"] == len(await bench.pdf(run))


async def test_a_report_that_is_made_late_is_kept_as_long_as_any(bench: Bench) -> None:
    """Of a run that failed, and was replayed when its retention was nearly over."""
    desk = bench.desk()
    run = await bench.report(desk)
    await desk.change(run.id, created=1)
    await bench.deliver(desk, run)
    record = await bench.record(run)
    assert record["expires_at"] >= run.created + reports.KEPT_MS


async def test_a_run_that_finds_its_report_made_and_expired_keeps_it_as_long_as_any(bench: Bench) -> None:
    """Else the mail leads to a report that the next turn of the cleanup deletes."""
    desk, run = await _made_and_expired(bench)
    assert (await bench.deliver(desk, run)).answer.status == 200
    record = await bench.record(run)
    assert record["expires_at"] >= run.created + reports.KEPT_MS


async def test_a_report_that_is_being_deleted_is_waited_for_also_where_it_was_made(bench: Bench) -> None:
    desk, run = await _made_and_expired(bench)
    await condemned.condemn(bench.database, [reports.key_of(run.id)], by="turn")
    answer = (await bench.deliver(desk, run)).answer
    assert (answer.status, (await desk.read(run.id)).state) == (503, State.RETRYING)
    await bench.storage.delete([reports.key_of(run.id)])
    await bench.database.reports.delete_one({"_id": run.id})
    await condemned.release(bench.database, [reports.key_of(run.id)], by="turn")
    assert (await bench.deliver(desk, run)).answer.status == 200
    assert len(await bench.pdf(run)) == (await bench.record(run))["size"]


async def test_a_report_whose_file_is_gone_and_whose_record_is_not_yet_is_made_again(bench: Bench) -> None:
    """A turn of the cleanup died between the two, and another has let go of the key."""
    desk, run = await _made_and_expired(bench)
    await bench.storage.delete([reports.key_of(run.id)])
    assert (await bench.deliver(desk, run)).answer.status == 200
    assert len(await bench.pdf(run)) == (await bench.record(run))["size"]


async def _made_and_expired(bench: Bench) -> tuple[Desk, Run]:
    """Of a run that was not over when its file was made."""
    desk = bench.desk()
    run = await bench.report(desk)
    assert (await bench.deliver(desk, run)).answer.status == 200
    await bench.database.reports.update_one({"_id": run.id}, {"$set": {"expires_at": 1}})
    await desk.change(run.id, state=State.RETRYING.value, not_before=0, lease=0, finished=None, result=None)
    return desk, run
