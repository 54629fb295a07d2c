"""The record in MongoDB is the transaction's: done and recorded, or neither, and never two transactions' at once."""

import asyncio

import pytest

from shared.database import Database, Session, transaction
from shared.errors import PermanentError
from shared.idempotency import Done, InFlight, Mismatch, MongoRequests, New, erase, find
from shared.idempotency.asked import Asked

ASKED = Asked("k", "f")
OTHER = Asked("k", "other")


async def do(database: Database, holder: str, asked: Asked = ASKED) -> object:
    """One request, done and committed; or why not."""

    async def work(session: Session) -> object:
        requests = MongoRequests(database, session, holder)
        verdict = await requests.begin(asked)
        if isinstance(verdict, New):
            assert await requests.complete(verdict, f"by {holder}", owner=holder)
        return verdict

    return await transaction(database, work)


async def test_what_was_committed_is_done_and_no_other_bodys(database: Database) -> None:
    assert await find(database, ASKED) is None
    assert await do(database, "one") == New("k", "one")
    for again in (await find(database, ASKED), await do(database, "two"), await do(database, "one")):
        assert again == Done("by one")
    for mismatch in (await find(database, OTHER), await do(database, "two", OTHER)):
        assert mismatch == Mismatch()


async def test_what_was_undone_never_was(database: Database) -> None:
    async def fails(session: Session) -> None:
        requests = MongoRequests(database, session, "one")
        new = await requests.begin(ASKED)
        assert isinstance(new, New)
        await requests.complete(new, "by one", owner="ada")
        raise PermanentError("no")

    with pytest.raises(PermanentError):
        await transaction(database, fails)
    assert await find(database, ASKED) is None
    assert await do(database, "two", OTHER) == New("k", "two")


async def test_what_was_begun_and_never_completed_is_the_next_ones(database: Database) -> None:
    async def begin(session: Session) -> object:
        return await MongoRequests(database, session, "one").begin(ASKED)

    new = await transaction(database, begin)
    assert isinstance(new, New)
    assert await find(database, ASKED) is None
    assert await do(database, "two", OTHER) == New("k", "two")

    async def late(session: Session) -> tuple[bool, bool]:
        requests = MongoRequests(database, session, "one")
        return await requests.complete(new, "late", owner="ada"), await requests.abandon(new)

    assert await transaction(database, late) == (False, False)
    assert await find(database, OTHER) == Done("by two")


async def test_what_was_abandoned_is_free(database: Database) -> None:
    async def work(session: Session) -> bool:
        requests = MongoRequests(database, session, "one")
        new = await requests.begin(ASKED)
        assert isinstance(new, New)
        return await requests.abandon(new)

    assert await transaction(database, work)
    assert await database.idempotent_requests.count_documents({}) == 0


async def test_a_key_in_an_open_transaction_is_in_flight(database: Database) -> None:
    async with await database.client.start_session() as first, await database.client.start_session() as second:
        first.start_transaction()
        assert isinstance(await MongoRequests(database, first, "one").begin(ASKED), New)
        second.start_transaction()
        assert isinstance(await MongoRequests(database, second, "two").begin(OTHER), InFlight)
        await second.abort_transaction()
        await first.abort_transaction()
    assert await do(database, "two") == New("k", "two")


async def test_of_many_transactions_at_once_one_does_it(database: Database) -> None:
    verdicts = await asyncio.gather(*(do(database, f"h{number}") for number in range(12)))
    assert [type(verdict) for verdict in verdicts].count(New) == 1
    assert {type(verdict) for verdict in verdicts} <= {New, Done, InFlight}


async def test_what_reads_like_a_field_or_an_operator_is_data(database: Database) -> None:
    """Case 18."""
    assert isinstance(await do(database, "$holder", Asked("$k", "$fingerprint")), New)
    assert await find(database, Asked("$k", "$fingerprint")) == Done("by $holder")


async def test_records_are_forgotten_by_their_owner(database: Database) -> None:
    await do(database, "ada", Asked("a", "f"))
    await do(database, "eve", Asked("b", "f"))
    assert await erase(database, "ada") == 1
    assert await find(database, Asked("a", "f")) is None
    assert await find(database, Asked("b", "f")) == Done("by eve")
