"""What a person changes is in the search index soon: QStash is told with the answer, which no outage spoils."""

from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from functions.indexing import SEARCH
from functions.sync_search.contract import CONTRACT as SYNC_SEARCH
from shared.breakers import BreakerOpen
from shared.runs import outbox
from shared.runs.model import State
from tests.integration.api.front import Front, Phone
from tests.integration.documents.files import DOCUMENTS, kept

Ada = dict[str, str]


async def runs(front: Front) -> list[dict[str, Any]]:
    """Of the index, the oldest first."""
    found: list[dict[str, Any]] = await front.database.runs.find({"owner": SEARCH}).sort("created").to_list(None)
    return found


def told(front: Front) -> list[str]:
    """The runs of the index that QStash was told of."""
    return [message.run for message in front.publisher.published if message.job == SYNC_SEARCH.name]


async def begun(front: Front) -> None:
    """Every run of the index has been claimed."""
    await front.database.runs.update_many({"owner": SEARCH}, {"$set": {"state": State.RUNNING.value}})


async def act(phone: Phone, ada: Ada, how: str, document: dict[str, Any] | None) -> int:
    if document is None:
        await kept(phone, ada)
        return 201
    at = f"{DOCUMENTS}/{document['id']}"
    if how == "change":
        return (await phone.patch(at, json={"title": "x"}, headers=ada | {"If-Match": "*"})).status_code
    return (await phone.delete(at, headers=ada)).status_code


ACTS = {"claim": 201, "change": 200, "delete": 204}
every_act = pytest.mark.parametrize("how", ACTS)


async def before(front: Front, phone: Phone, ada: Ada, how: str) -> dict[str, Any] | None:
    """The document that is to be changed, whose own run has begun."""
    if how == "claim":
        return None
    document = await kept(phone, ada)
    await begun(front)
    return document


@every_act
async def test_qstash_is_told_of_its_run(front: Front, phone: Phone, ada: Ada, how: str) -> None:
    document = await before(front, phone, ada, how)
    assert await act(phone, ada, how, document) == ACTS[how]
    run = (await runs(front))[-1]
    assert (run["job"], run["state"]) == (SYNC_SEARCH.name, State.QUEUED.value)
    assert told(front)[-1] == run["_id"]


@every_act
async def test_without_qstash_the_run_waits_for_the_relay(front: Front, phone: Phone, ada: Ada, how: str) -> None:
    document = await before(front, phone, ada, how)
    front.publisher.fail = lambda _: BreakerOpen("qstash", retry_after=30)
    assert await act(phone, ada, how, document) == ACTS[how]
    assert (await runs(front))[-1]["state"] == State.PENDING.value


@every_act
async def test_a_store_that_goes_away_after_the_commit_spoils_no_answer(
    front: Front, phone: Phone, ada: Ada, monkeypatch: pytest.MonkeyPatch, *, how: str
) -> None:
    async def away(*_: object) -> None:
        raise AutoReconnect("made up")

    document = await before(front, phone, ada, how)
    with monkeypatch.context() as outage:
        outage.setattr(outbox, "read_many", away)
        assert await act(phone, ada, how, document) == ACTS[how]
    assert (await runs(front))[-1]["state"] == State.PENDING.value
    assert {"message": "left to the relay", "run": (await runs(front))[-1]["_id"]} in front.log.lines


async def test_changes_that_come_before_it_begins_share_it(front: Front, phone: Phone, ada: Ada) -> None:
    document = await kept(phone, ada)
    for _ in range(5):
        assert await act(phone, ada, "change", document) == 200
    assert await act(phone, ada, "delete", document) == 204
    [run] = await runs(front)
    assert (run["joined"], told(front)) == (6, [run["_id"]])


async def test_one_that_was_never_handed_over_is_handed_over_by_who_joins_it(
    front: Front, phone: Phone, ada: Ada
) -> None:
    """Whoever accepted it may have died before it told QStash."""
    front.publisher.fail = lambda _: BreakerOpen("qstash", retry_after=30)
    document = await kept(phone, ada)
    front.publisher.fail = lambda _: None
    assert await act(phone, ada, "change", document) == 200
    [run] = await runs(front)
    assert (run["state"], told(front)) == (State.QUEUED.value, [run["_id"]])


async def test_what_was_refused_or_not_there_tells_nobody(front: Front, phone: Phone, ada: Ada, eve: Ada) -> None:
    document = await kept(phone, ada)
    await begun(front)
    at = f"{DOCUMENTS}/{document['id']}"
    assert (await phone.patch(at, json={"title": "x"}, headers=ada | {"If-Match": '"7"'})).status_code == 412
    assert (await phone.patch(at, json={"title": "x"}, headers=eve | {"If-Match": "*"})).status_code == 404
    assert (await phone.delete(at, headers=eve)).status_code == 404
    assert len(await runs(front)) == len(told(front)) == 1


async def test_nobody_sees_it_among_their_jobs(front: Front, phone: Phone, ada: Ada) -> None:
    await kept(phone, ada)
    [run] = await runs(front)
    listed = (await phone.get("/v1/jobs", headers=ada)).json()["items"]
    assert run["_id"] not in [job["id"] for job in listed]
    assert SYNC_SEARCH.name not in str(listed)
    assert (await phone.get(f"/v1/jobs/{run['_id']}", headers=ada)).status_code == 404
