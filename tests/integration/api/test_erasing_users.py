"""DELETE /v1/users/me and /v1/users/{id}: the door closes with the answer, and the address is free again."""

from asyncio import gather
from typing import Any

import pytest

from functions.api.erasing import REQUESTS_END
from shared import audit
from shared.errors import DependencyDown
from shared.mail import suppressions
from shared.runs.model import State
from tests.integration.api.front import Front, Phone, kind

ADDRESS = "ada@example.com"
Headers = dict[str, str]


async def user_of(front: Front, email: str = ADDRESS) -> Any:
    record = await front.database.users.find_one({"email": email})
    assert record is not None
    return record["_id"]


async def test_a_person_erases_themselves_and_is_signed_out_everywhere(
    front: Front, phone: Phone, laptop: Phone
) -> None:
    ada, elsewhere = await front.signed_in(phone), await front.signed_in(laptop)
    link = await front.mailed(await phone.post("/v1/auth/magic-links", json={"email": ADDRESS}))
    user = await user_of(front)

    answer = await phone.delete("/v1/users/me", headers=ada)
    assert answer.status_code == 202
    assert "location" not in answer.headers

    for headers in (ada, elsewhere):
        assert (await phone.get("/v1/auth/sessions", headers=headers)).status_code == 401
    opened = await phone.post("/v1/auth/sessions", json={"token": link})
    assert (opened.status_code, kind(opened)) == (401, "link-not-valid")

    run = await front.run(answer.json()["job"])
    assert (run.job, run.owner, run.key, run.payload) == ("erase_user", "erasure", user, f'{{"user":"{user}"}}')
    assert run.not_before - run.created == REQUESTS_END.total_seconds() * 1000
    assert front.publisher.published[-1].run == run.id
    record = await front.database.users.find_one({"_id": user})
    assert record is not None
    assert "email" not in record


async def test_an_operator_erases_a_user_and_a_second_request_is_the_first_ones(front: Front, phone: Phone) -> None:
    await front.signed_in(phone)
    user, operator = await user_of(front), await front.key("operator", "jobs:read")
    first, second = [await phone.delete(f"/v1/users/{user}", headers=operator) for _ in range(2)]
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert (await phone.get(first.headers["location"], headers=operator)).json()["state"] == "queued"

    await front.database.users.delete_one({"_id": user})
    await front.database.runs.update_one({"_id": first.json()["job"]}, {"$set": {"state": State.SUCCEEDED.value}})
    assert (await phone.delete(f"/v1/users/{user}", headers=operator)).json() == first.json()


async def test_who_has_asked_is_told_by_the_audit_log_once(front: Front, phone: Phone) -> None:
    await front.signed_in(phone)
    user, operator = await user_of(front), await front.key("operator")
    answers = await gather(*(phone.delete(f"/v1/users/{user}", headers=operator) for _ in range(3)))
    assert {answer.json()["job"] for answer in answers} == {answers[0].json()["job"]}
    [act] = await front.database.audit.find({"subject": user}).to_list(None)
    assert (act["action"], act["subject"], act["by"].partition(":")[0]) == ("user.erase", user, "key")


async def test_a_user_who_is_not_there_is_not_found(front: Front, phone: Phone) -> None:
    answer = await phone.delete("/v1/users/nobody", headers=await front.key("operator"))
    assert (answer.status_code, await front.database.runs.count_documents({})) == (404, 0)


async def test_no_key_erases_itself(front: Front, phone: Phone) -> None:
    answer = await phone.delete("/v1/users/me", headers=await front.key("operator"))
    assert (answer.status_code, kind(answer)) == (403, "no-session")


async def test_a_link_that_is_asked_for_meanwhile_signs_in_somebody_new(front: Front, phone: Phone) -> None:
    """The answer is the same as ever, the link works, and the old user's things belong to nobody who can sign in."""
    ada = await front.signed_in(phone)
    before = await phone.post("/v1/auth/magic-links", json={"email": ADDRESS})
    old = await user_of(front)
    job = (await phone.delete("/v1/users/me", headers=ada)).json()["job"]

    after = await phone.post("/v1/auth/magic-links", json={"email": ADDRESS})
    assert (after.status_code, after.json().keys()) == (before.status_code, before.json().keys())
    opened = await phone.post("/v1/auth/sessions", json={"token": await front.mailed(after)})
    assert opened.status_code == 201
    assert opened.json()["user"]["id"] == await user_of(front) != old
    assert (await front.run(after.json()["job"])).owner == await user_of(front)

    again = {"Authorization": f"Bearer {opened.json()['token']}"}
    assert (await phone.delete("/v1/users/me", headers=again)).json()["job"] != job


async def test_an_address_that_was_suppressed_is_let_go_of(front: Front, phone: Phone) -> None:
    """And the log tells of their id what was done to it."""
    ada = await front.signed_in(phone)
    for address in (ADDRESS, "eve@example.com"):
        await front.database.suppressions.insert_one({"_id": address, "state": "bounced"})
    user = await user_of(front)
    await suppressions.lift(front.database, ADDRESS, by="key:operator", now=1)
    await phone.delete("/v1/users/me", headers=ada)
    assert [one["_id"] async for one in front.database.suppressions.find({})] == ["eve@example.com"]
    acts = {(act["action"], act["subject"]) async for act in front.database.audit.find({})}
    assert acts == {("address.lift", user), ("user.erase", user)}


async def test_a_link_that_is_opened_while_the_door_closes_leaves_no_session(front: Front, phone: Phone) -> None:
    operator = await front.key("operator")
    for number in range(6):
        email = f"ada-{number}@example.com"
        token = await front.mailed(await phone.post("/v1/auth/magic-links", json={"email": email}))
        user = await user_of(front, email)
        opened, closed = await gather(
            phone.post("/v1/auth/sessions", json={"token": token}),
            phone.delete(f"/v1/users/{user}", headers=operator),
        )
        assert (opened.status_code in {201, 401}, closed.status_code) == (True, 202)
        assert await front.database.sessions.find_one({"user": user}) is None
        assert await front.database.sign_ins.find_one({"user": user}) is None


async def test_the_door_is_closed_as_a_whole_or_not_at_all(
    front: Front, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store goes away before the last write of the transaction."""

    async def away(*_: object, **__: object) -> None:
        raise DependencyDown("mongodb", "away")

    ada = await front.signed_in(phone)
    with monkeypatch.context() as broken:
        broken.setattr(audit, "note", away)
        assert (await phone.delete("/v1/users/me", headers=ada)).status_code == 503
    assert (await phone.get("/v1/auth/sessions", headers=ada)).status_code == 200
    assert await front.database.runs.count_documents({"job": "erase_user"}) == 0
    assert await front.database.users.find_one({"email": ADDRESS, "erasing": {"$exists": False}})


async def test_with_qstash_away_the_door_is_closed_all_the_same(front: Front, phone: Phone) -> None:
    ada = await front.signed_in(phone)
    front.publisher.fail = lambda _: DependencyDown("qstash", "away")
    answer = await phone.delete("/v1/users/me", headers=ada)
    assert (answer.status_code, answer.headers["x-degraded"]) == (202, "qstash")
    assert (await front.run(answer.json()["job"])).state is State.PENDING
