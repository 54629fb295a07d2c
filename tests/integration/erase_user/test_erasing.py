"""After the job nothing of the user is anywhere, and everything of everybody else is where it was."""

import logging

from functions.erase_user.whereabouts import COLLECTIONS, PREFIXES, REDIS
from shared.clock import World
from shared.runs.model import State
from shared.search.postgres.engine import PostgresIndex
from tests.integration.erase_user.belongings import person, settled
from tests.integration.erase_user.bench import Bench, everything
from tests.support.documents import keep
from tests.support.postgres import running


async def test_nothing_of_an_erased_user_is_left_and_everything_of_another_is(bench: Bench) -> None:
    ada, eve = await settled(bench, "ada"), await settled(bench, "eve")
    await bench.search.turn()
    others = await bench.traces(eve)
    kinds = {place.partition("/")[0].partition(":")[0] for place in await bench.traces(ada)}
    assert {"users", "sign_ins", "sessions", "uploads", "documents", "reports", "runs", "emails"} <= kinds
    assert {"suppressions", "idempotent_requests", "files", "texts", "redis cache"} <= kinds

    run = await bench.close(ada.id)
    removed = await bench.erase(run)

    assert await bench.left(ada) == []
    assert await bench.database.audit.count_documents({"subject": ada.id}) == 1
    assert await bench.traces(eve) == others
    assert removed == {
        "uploads": 3,
        "reports": 1,
        "mails": 1,
        "runs": 10,  # seven states, two links and a report
        "requests": 1,
        "answers": 1,
        "documents": 2,
    }
    assert (await bench.desk.read(run.id)).state is State.SUCCEEDED
    assert ada.address not in repr(await bench.database.runs.find_one({"_id": run.id}))


async def test_what_a_lost_race_has_left_beside_a_document_goes_with_it(bench: Bench) -> None:
    """Its upload, under whose name that would be found as well, is long gone."""
    ada = await person(bench, "ada")
    await keep(bench.database, "mill", owner=ada.id)
    for prefix in ("files/mill/", "texts/mill/"):
        assert await bench.storage.create(f"{prefix}left", ada.mark.encode(), content_type="text/plain")
    await bench.erase(await bench.close(ada.id))
    assert await bench.left(ada) == []


async def test_the_index_holds_nothing_of_an_erased_user(bench: Bench) -> None:
    ada, eve = await settled(bench, "ada"), await settled(bench, "eve")
    await bench.search.turn()
    assert await bench.search.found(ada.mark, owner=ada.id)
    await bench.erase(await bench.close(ada.id))
    assert not await bench.search.found(ada.mark, owner=ada.id)
    assert await bench.search.found(eve.mark, owner=eve.id)
    left = {record["_id"] async for record in bench.database.documents.find({})}
    assert set(await bench.search.held()) == left


async def test_whatever_a_person_leaves_behind_lies_in_a_known_place(bench: Bench) -> None:
    """What is found by living with the bundle, as against what its sources say (tests/unit/erase_user)."""
    await settled(bench, "ada")
    await bench.search.turn()
    collections = set(await bench.database.list_collection_names())
    assert collections <= set(COLLECTIONS)
    places = [place async for place, _ in everything(bench)]
    assert {place.removeprefix("redis ").partition(":")[0] for place in places if place.startswith("redis ")} <= set(
        REDIS
    )
    objects = {place.partition("/")[0] for place in places if not place.startswith("redis ")} - collections
    assert objects <= set(PREFIXES)


async def test_the_other_engine_keeps_an_id_of_an_erased_document_and_nothing_else(bench: Bench) -> None:
    with running() as postgres:
        index = PostgresIndex(postgres.url, bench.database, world=World(), log=logging.getLogger("erasing"))
        bench.search.change(index=index)
        ada, eve = await settled(bench, "ada"), await settled(bench, "eve")
        await bench.search.turn()
        await bench.erase(await bench.close(ada.id))
        rows = [repr(row) for row in await postgres.execute("select * from documents")]
        await index.close()
    assert not any(needle in row for needle in ada.needles for row in rows)
    assert any(eve.mark in row for row in rows)
