"""MongoDB's indexes and the rules of its records: what differs is told by name, and mended without a record lost."""

import pytest
from pymongo.errors import DuplicateKeyError, OperationFailure, WriteError

from infra.bootstrap.model import Kind, NotDone
from infra.bootstrap.mongodb import MongoPart
from shared import validators
from shared.collections import GONE_WHEN_DUE, INDEXES
from shared.database import Database


@pytest.fixture
def part(stage: Database) -> MongoPart:
    return MongoPart(lambda: stage)


async def _not_unique(database: Database) -> None:
    await database.users.drop_index("email")
    await database.users.create_index([("email", 1)], name="email", sparse=True)


async def _without_a_rule(database: Database) -> None:
    await database.command("collMod", "emails", validator={}, validationLevel="off")


async def test_what_differs_is_told_and_mended(stage: Database, part: MongoPart) -> None:
    assert await part.differences() == []
    await stage.runs.drop_index("overdue")
    await stage.sessions.drop_index("expires_at")
    await stage.sessions.create_index([("expires_at", 1)], name="expires_at", expireAfterSeconds=604_800)
    await stage.reports.drop_index("expired")
    await stage.reports.create_index([("expires_at", 1)], name="expires_at_1")
    await stage.drop_collection("suppressions")
    await stage.command("collMod", "uploads", validationAction="warn")
    await _not_unique(stage)
    await _without_a_rule(stage)
    changes = await part.differences()
    due = "expires_at, expireAfterSeconds"
    assert {change.text for change in changes} == {
        "index runs.overdue added: state look_at",
        f"index sessions.expires_at changed: {due} 604800 → {due} 0",
        "index reports.expired changed: expires_at → expires_at",
        "index users.email changed: email, sparse → email, unique, sparse",
        "records of emails changed: no rule → the declared rule",
        "records of uploads changed: another rule → the declared rule",
        "collection suppressions added: the rule of its records, latest",
    }
    for change in (*changes, *changes):  # of two people the second finds it done
        await part.apply(change)
    assert await part.differences() == []


async def test_an_index_that_nobody_declared_stays_until_it_is_asked_to_go(stage: Database, part: MongoPart) -> None:
    await stage.users.create_index([("name", 1)], name="theirs")
    (change,) = await part.differences()
    assert (change.kind, change.what) == (Kind.EXTRA, "index users.theirs")
    await part.apply(change)
    assert "theirs" not in await stage.users.index_information()


async def test_records_that_an_index_does_not_allow_are_left_and_told(stage: Database, part: MongoPart) -> None:
    await _not_unique(stage)
    await stage.users.insert_many([{"_id": name, "created": 1, "email": "ann@example.com"} for name in "ab"])
    (change,) = await part.differences()
    with pytest.raises(NotDone, match="records that such an index does not allow"):
        await part.apply(change)
    assert await stage.users.count_documents({}) == 2
    assert (await stage.users.index_information())["email"]["sparse"]  # what was there before, and serves reads
    await stage.users.delete_one({"_id": "b"})
    (left,) = await part.differences()
    await part.apply(left)
    with pytest.raises(DuplicateKeyError):
        await stage.users.insert_one({"_id": "c", "created": 1, "email": "ann@example.com"})


async def test_a_record_of_the_wrong_shape_is_refused_and_one_from_before_can_be_changed(
    stage: Database, part: MongoPart
) -> None:
    await _without_a_rule(stage)
    await stage.emails.insert_one({"_id": "old", "state": "unheard of"})
    (change,) = await part.differences()
    await part.apply(change)
    await stage.emails.update_one({"_id": "old"}, {"$set": {"reason": "still ours"}})
    with pytest.raises(WriteError, match="failed validation"):
        await stage.emails.insert_one({"_id": "new", "state": "unheard of"})


async def test_a_user_who_may_not_is_told_what_is_needed() -> None:
    with pytest.raises(NotDone, match="may not list collections and indexes; it needs readWrite and dbAdmin"):
        await MongoPart(_refusing).differences()


def _refusing() -> Database:
    raise OperationFailure("not authorized on millrace to execute command", 13, {"codeName": "Unauthorized"})


def test_what_is_to_go_by_itself_has_the_date_that_its_index_goes_by() -> None:
    """MongoDB never deletes by a field that is no date."""
    assert set(validators.SCHEMAS) <= set(INDEXES)
    for name, indexes in INDEXES.items():
        if GONE_WHEN_DUE in indexes:
            assert validators.SCHEMAS[name]["properties"]["expires_at"] == validators.MOMENT, name
