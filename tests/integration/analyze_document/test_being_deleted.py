"""A run that is replayed while the cleanup is deleting the text that it once left waits, and then reads it anew."""

from shared.blobs import condemned
from shared.runs.model import State
from tests.integration.analyze_document.bench import TEXT, Bench


async def test_a_text_is_not_written_while_an_old_one_is_being_deleted(bench: Bench) -> None:
    desk = bench.desk()
    document = await bench.keep()
    run = await bench.begun(desk, document)
    key = f"texts/{document}/{run.id}.txt"
    await bench.services.storage.create(key, b"of an earlier attempt", content_type="text/plain")
    await condemned.condemn(bench.database, [key], by="turn")
    assert (await bench.delivered(desk, run)).state is State.RETRYING
    await bench.services.storage.delete([key])
    await condemned.release(bench.database, [key], by="turn")
    assert (await bench.delivered(desk, run)).state is State.SUCCEEDED
    text = b"".join([piece async for piece in bench.services.storage.stream(key)])
    assert text.decode().strip() == TEXT
