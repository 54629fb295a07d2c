"""Idempotency-Key on the POSTs that create: once done, twice told; another body, another caller, a crash in between."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from functions.api import idempotency
from functions.api.routes import start
from shared.errors import DependencyDown
from shared.idempotency import MongoRequests, New
from shared.idempotency.asked import Asked
from shared.runs.model import State
from tests.integration.api.front import Front, Phone, kind
from tests.integration.api.repeats import ADA, BILLING, KEY, KEYS, LINKS, REPORT, SESSIONS, WISH, records, replayed


async def test_the_same_key_and_body_start_one_job_and_get_one_answer(front: Front, phone: Phone) -> None:
    headers = await front.key("jobs:write") | KEY
    first = await phone.post(REPORT, json=WISH, headers=headers)
    again = await phone.post(REPORT, json=WISH, headers=headers)
    assert (first.status_code, replayed(first)) == (202, False)
    assert (again.status_code, replayed(again)) == (202, True)
    assert (again.content, again.headers["location"]) == (first.content, first.headers["location"])
    assert await front.database.runs.count_documents({}) == 1
    assert len(front.publisher.published) == 1


async def test_the_answer_stays_the_same_when_the_job_has_gone_on(front: Front, phone: Phone) -> None:
    headers = await front.key("jobs:write") | KEY
    first = await phone.post(REPORT, json=WISH, headers=headers)
    await front.database.runs.update_one({}, {"$set": {"state": State.RUNNING.value}})
    assert (await phone.post(REPORT, json=WISH, headers=headers)).content == first.content


async def test_the_same_json_written_otherwise_is_the_same_request(front: Front, phone: Phone) -> None:
    headers = await front.key("jobs:write") | KEY | {"Content-Type": "application/json"}
    await phone.post(REPORT, content=b'{"document":"a","colour":"\xc3\xa9","weight":2}', headers=headers)
    otherwise = b' {"weight": 2,\n "colour": "\\u00e9", "document": "a"}'
    assert replayed(await phone.post(REPORT, content=otherwise, headers=headers))


@pytest.mark.parametrize("other", [{"document": "mine/2"}, WISH | {"weight": 1.0}, WISH | {"colour": None}])
async def test_the_same_key_with_another_body_is_422(front: Front, phone: Phone, other: Mapping[str, Any]) -> None:
    headers = await front.key("jobs:write") | KEY
    await phone.post(REPORT, json=WISH, headers=headers)
    response = await phone.post(REPORT, json=other, headers=headers)
    assert (response.status_code, kind(response)) == (422, "idempotency-key-reused")
    assert await front.database.runs.count_documents({}) == 1


async def test_without_a_key_every_request_is_a_new_one(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write")
    answers = [await phone.post(REPORT, json=WISH, headers=server) for _ in range(2)]
    assert len({answer.json()["job"] for answer in answers}) == 2
    assert await records(front) == []


async def test_a_key_is_its_callers_and_its_routes(front: Front, phone: Phone) -> None:
    """Case 17: B does not see A's run by A's key; nor does one route answer for another."""
    operator, other = await front.key("operator"), await front.key("operator")
    for caller in (operator, other):
        assert not replayed(await phone.post(REPORT, json=WISH, headers=caller | KEY))
        assert (await phone.post(KEYS, json=BILLING, headers=caller | KEY)).status_code == 201
    assert await front.database.runs.count_documents({}) == 2


async def test_twenty_at_once_start_one_job_and_none_fails(front: Front, phone: Phone) -> None:
    headers = await front.key("jobs:write") | KEY
    answers = await asyncio.gather(*(phone.post(REPORT, json=WISH, headers=headers) for _ in range(20)))
    told = [answer for answer in answers if answer.status_code == 202]
    assert {answer.json()["job"] for answer in told} == set(await front.database.runs.distinct("_id"))
    assert sum(not replayed(answer) for answer in told) == 1
    for answer in set(answers) - set(told):
        assert (answer.status_code, kind(answer)) == (409, "idempotency-in-flight")
        assert int(answer.headers["retry-after"]) >= 1
    assert await front.database.runs.count_documents({}) == 1
    assert len(set(front.publisher.dedup_ids)) == 1


async def test_a_key_is_in_flight_until_its_transaction_ends_and_free_if_it_is_undone(
    front: Front, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "PATIENCE", 0.1)
    headers = await front.key("jobs:write") | KEY
    await phone.post(REPORT, json=WISH, headers=headers)
    [record] = await records(front)
    await front.database.idempotent_requests.delete_many({})
    async with await front.database.client.start_session() as session:
        session.start_transaction()
        requests = MongoRequests(front.database, session, "another process")
        assert isinstance(await requests.begin(Asked(record["_id"], record["fingerprint"])), New)
        busy = await phone.post(REPORT, json=WISH, headers=headers)
        await session.abort_transaction()
    assert (busy.status_code, kind(busy), busy.headers["retry-after"]) == (409, "idempotency-in-flight", "1")
    assert not replayed(await phone.post(REPORT, json=WISH, headers=headers))
    assert await front.database.runs.count_documents({}) == 2


async def test_a_repeat_waits_shortly_for_the_first_and_tells_its_answer(
    front: Front, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "PATIENCE", 60.0)
    headers = await front.key("jobs:write") | KEY
    await phone.post(REPORT, json=WISH, headers=headers)
    [record] = await records(front)
    await front.database.idempotent_requests.delete_many({})
    async with await front.database.client.start_session() as session:
        session.start_transaction()
        requests = MongoRequests(front.database, session, "another process")
        new = await requests.begin(Asked(record["_id"], record["fingerprint"]))
        assert isinstance(new, New)
        repeat = asyncio.create_task(phone.post(REPORT, json=WISH, headers=headers))
        await asyncio.sleep(0.15)
        await requests.complete(new, record["reference"], owner="")
        await session.commit_transaction()
    response = await repeat
    assert (response.status_code, replayed(response)) == (202, True)
    assert response.json()["job"] == record["reference"]


async def test_a_crash_after_the_commit_is_mended_by_the_repeat(
    front: Front, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies before QStash is told and before anybody is answered: same run, handed over, once."""

    async def dies(*_: object) -> None:
        raise asyncio.CancelledError

    headers = await front.key("jobs:write") | KEY
    with monkeypatch.context() as crash:
        crash.setattr(start, "hand_over_soon", dies)
        with pytest.raises(asyncio.CancelledError):
            await phone.post(REPORT, json=WISH, headers=headers)
    assert front.publisher.published == []
    again = await phone.post(REPORT, json=WISH, headers=headers)
    run = await front.run(again.json()["job"])
    assert (again.status_code, replayed(again), run.state) == (202, True, State.QUEUED)
    assert await front.database.runs.count_documents({}) == 1
    assert [message.run for message in front.publisher.published] == [run.id]


async def test_a_crash_before_the_commit_leaves_the_key_free_for_any_body(
    front: Front, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object, **__: object) -> None:
        raise asyncio.CancelledError

    headers = await front.key("jobs:write") | KEY
    with monkeypatch.context() as crash:
        crash.setattr(MongoRequests, "complete", dies)
        with pytest.raises(asyncio.CancelledError):
            await phone.post(REPORT, json=WISH, headers=headers)
    assert (await records(front), await front.database.runs.count_documents({})) == ([], 0)
    response = await phone.post(REPORT, json={"document": "mine/2"}, headers=headers)
    assert (response.status_code, replayed(response)) == (202, False)


async def test_a_request_that_was_refused_leaves_the_key_free(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write", "operator")
    for body, status in ((b"{", 400), (b'{"document": 1}', 422), (b'{"document": "others/1"}', 403)):
        headers = server | KEY | {"Content-Type": "application/json"}
        assert (await phone.post(REPORT, content=body, headers=headers)).status_code == status
    assert (await phone.post(REPORT, json=WISH, headers=KEY)).status_code == 401
    assert await records(front) == []
    assert (await phone.post(REPORT, json=WISH, headers=server | KEY)).status_code == 202


async def test_a_store_that_is_away_leaves_the_key_free(
    front: Front, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise DependencyDown("mongodb", "away")

    headers = await front.key("jobs:write") | KEY
    with monkeypatch.context() as outage:
        outage.setattr(idempotency, "transaction", away)
        assert (await phone.post(REPORT, json=WISH, headers=headers)).status_code == 503
    assert not replayed(await phone.post(REPORT, json=WISH, headers=headers))


async def test_after_the_window_the_key_is_new_even_where_nothing_was_swept(front: Front, phone: Phone) -> None:
    headers = await front.key("jobs:write") | KEY
    first = await phone.post(REPORT, json=WISH, headers=headers)
    [record] = await records(front)
    assert record["ends"] - record["created"] == 24 * 3_600_000
    assert record["expires_at"].timestamp() * 1000 == record["ends"]
    await front.database.idempotent_requests.update_one({}, {"$set": {"ends": record["created"] - 1}})
    again = await phone.post(REPORT, json={"document": "mine/2"}, headers=headers)
    assert (again.status_code, replayed(again)) == (202, False)
    assert again.json()["job"] != first.json()["job"]
    assert replayed(await phone.post(REPORT, json={"document": "mine/2"}, headers=headers))


@pytest.mark.parametrize(
    "key",
    ["", '""', '"', '"open', "a b", "a,b", '"a", "b"', 'a"b', '"a\\b"', "x" * 256, f'"{"x" * 256}"', "é", '"a";b=1'],
)
@pytest.mark.parametrize("path", [REPORT, LINKS, SESSIONS, KEYS])
async def test_a_malformed_key_is_400(front: Front, phone: Phone, path: str, key: str) -> None:
    bodies = {REPORT: WISH, LINKS: ADA, SESSIONS: {"token": "x"}, KEYS: BILLING}
    headers = httpx.Headers(await front.key("operator") | {"Idempotency-Key": key}, encoding="latin-1")
    response = await phone.post(path, json=bodies[path], headers=headers)
    assert (response.status_code, kind(response)) == (400, "idempotency-key-malformed")
    assert await records(front) == []


async def test_two_keys_are_400(front: Front, phone: Phone) -> None:
    headers = [*(await front.key("operator")).items(), ("Idempotency-Key", "a"), ("Idempotency-Key", "a")]
    assert kind(await phone.post(REPORT, json=WISH, headers=headers)) == "idempotency-key-malformed"


@pytest.mark.parametrize(("one", "other"), [("a", '"a"'), ("x" * 255, f'"{"x" * 255}"'), (r'"a\"\\"', r'"a\"\\"')])
async def test_a_bare_key_is_the_same_as_in_quotes(front: Front, phone: Phone, one: str, other: str) -> None:
    server = await front.key("jobs:write")
    assert not replayed(await phone.post(REPORT, json=WISH, headers=server | {"Idempotency-Key": one}))
    assert replayed(await phone.post(REPORT, json=WISH, headers=server | {"Idempotency-Key": other}))
