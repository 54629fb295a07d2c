"""Idempotency-Key where a person signs in and where a credential is made: told once, kept nowhere, done once."""

import asyncio
from collections import Counter

import pytest

from shared.idempotency import MongoRequests, erase
from tests.integration.api.front import Front, Phone, kind
from tests.integration.api.repeats import ADA, BILLING, KEY, KEYS, LINKS, REPORT, SESSIONS, WISH, records, replayed


async def test_a_crash_before_the_commit_leaves_no_session_and_no_key_either(
    front: Front, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was made is in the record's transaction: a lost key would be one that nobody knows of."""

    async def dies(*_: object, **__: object) -> None:
        raise asyncio.CancelledError

    operator = await front.key("operator")
    token = {"token": await front.mailed(await phone.post(LINKS, json=ADA))}
    with monkeypatch.context() as crash:
        crash.setattr(MongoRequests, "complete", dies)
        for path, body in ((SESSIONS, token), (KEYS, BILLING)):
            with pytest.raises(asyncio.CancelledError):
                await phone.post(path, json=body, headers=operator | KEY)
    assert await front.database.sessions.count_documents({}) == 0
    assert await front.database.api_keys.count_documents({"name": "billing"}) == 0
    for path, body in ((SESSIONS, token), (KEYS, BILLING)):
        assert (await phone.post(path, json=body, headers=operator | KEY)).status_code == 201


async def test_a_link_is_asked_for_once_and_a_repeat_gets_no_cookie(front: Front, phone: Phone, laptop: Phone) -> None:
    """Nor can it: only the nonce's hash is kept. The browser is asked to confirm, and then signed in."""
    first = await phone.post(LINKS, json=ADA, headers=KEY)
    again = await laptop.post(LINKS, json=ADA, headers=KEY)
    assert (again.status_code, again.content, replayed(again)) == (202, first.content, True)
    assert "set-cookie" not in again.headers
    assert await front.database.sign_ins.count_documents({}) == 1
    assert len(front.publisher.published) == 1
    token = await front.mailed(again)
    assert kind(await laptop.post(SESSIONS, json={"token": token})) == "confirmation-required"
    assert (await laptop.post(SESSIONS, json={"token": token, "confirm": True})).status_code == 201


async def test_neighbours_and_other_addresses_with_the_same_key_are_apart(front: Front, phone: Phone) -> None:
    jobs = {(await phone.post(LINKS, json={"email": mail}, headers=KEY)).json()["job"] for mail in ("a@x.eu", "b@x.eu")}
    async with front.browser(address="203.0.113.9") as elsewhere:
        response = await elsewhere.post(LINKS, json={"email": "a@x.eu"}, headers=KEY)
    assert len(jobs | {response.json()["job"]}) == 3


async def test_first_requests_of_an_address_at_once_send_one_mail(front: Front, phone: Phone) -> None:
    answers = await asyncio.gather(*(phone.post(LINKS, json=ADA, headers=KEY) for _ in range(4)))
    assert set(Counter(answer.status_code for answer in answers)) <= {202, 409}
    assert await front.database.sign_ins.count_documents({}) == await front.database.runs.count_documents({}) == 1


async def test_a_repeated_sign_in_is_told_that_it_was_done_and_never_the_token(front: Front, phone: Phone) -> None:
    """Also from another network, where the phone has gone meanwhile."""
    token = await front.mailed(await phone.post(LINKS, json=ADA))
    first = await phone.post(SESSIONS, json={"token": token}, headers=KEY)
    async with front.browser(address="203.0.113.9") as outside:
        again = await outside.post(SESSIONS, json={"token": token}, headers=KEY)
    assert (first.status_code, again.status_code, kind(again)) == (201, 409, "answer-not-kept")
    assert first.json()["token"] not in again.text
    session = await front.database.sessions.find_one({})
    assert session is not None
    assert again.json()["made"] == session["id"]
    assert await front.database.sessions.count_documents({}) == 1
    other = await phone.post(SESSIONS, json={"token": token, "confirm": True}, headers=KEY)
    assert kind(other) == "idempotency-key-reused"
    assert kind(await phone.post(SESSIONS, json={"token": token})) == "link-not-valid"


async def test_two_people_may_choose_the_same_key_to_sign_in(front: Front, phone: Phone) -> None:
    for email in ("ada@example.com", "eve@example.com"):
        token = await front.mailed(await phone.post(LINKS, json={"email": email}))
        assert (await phone.post(SESSIONS, json={"token": token}, headers=KEY)).json()["user"]["email"] == email


async def test_a_sign_in_that_was_not_done_may_be_confirmed_with_the_same_key(
    front: Front, phone: Phone, laptop: Phone
) -> None:
    token = await front.mailed(await phone.post(LINKS, json=ADA))
    assert kind(await laptop.post(SESSIONS, json={"token": token}, headers=KEY)) == "confirmation-required"
    confirmed = await laptop.post(SESSIONS, json={"token": token, "confirm": True}, headers=KEY)
    assert confirmed.status_code == 201


async def test_a_repeat_makes_no_second_api_key_and_names_the_first(front: Front, phone: Phone) -> None:
    operator = await front.key("operator")
    first = await phone.post(KEYS, json=BILLING, headers=operator | KEY)
    again = await phone.post(KEYS, json=BILLING, headers=operator | KEY)
    assert (first.status_code, again.status_code, kind(again)) == (201, 409, "answer-not-kept")
    assert again.json()["made"] == first.json()["id"]
    assert first.json()["key"] not in again.text
    assert (await phone.delete(f"{KEYS}/{again.json()['made']}", headers=operator)).status_code == 204


async def test_the_record_holds_no_key_no_address_no_body_and_no_credential(front: Front, phone: Phone) -> None:
    headers = {"Idempotency-Key": "my-own-key"}
    link = await phone.post(LINKS, json=ADA, headers=headers)
    token = await front.mailed(link)
    session = (await phone.post(SESSIONS, json={"token": token}, headers=headers)).json()["token"]
    made = await phone.post(KEYS, json=BILLING, headers=await front.key("operator") | headers)
    kept = await records(front)
    assert len(kept) == 3
    for secret in ("my-own-key", "ada@", "198.51", "billing", token, session, made.json()["key"]):
        assert secret not in str(kept)


async def test_what_a_person_asked_for_can_be_forgotten(front: Front, phone: Phone) -> None:
    ada = await front.signed_in(phone)
    [user] = await front.database.users.distinct("_id")
    await phone.post(REPORT, json=WISH, headers=ada | KEY)
    await phone.post(LINKS, json=ADA, headers=KEY)
    await phone.post(REPORT, json=WISH, headers=await front.key("jobs:write") | KEY)
    assert await erase(front.database, user) == 2
    assert len(await records(front)) == 1
