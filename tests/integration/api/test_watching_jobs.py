"""GET /v1/jobs, GET /v1/jobs/{id} and cancel: own runs, masked, paged; an end that races with the work."""

from asyncio import gather
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest

from functions.api.run_filter import RunFilter
from shared.context import JobContext
from shared.errors import DependencyDown, RetryableError
from shared.runs.model import State
from shared.runs.revive import cancel
from tests.integration.api.front import CONTRACTS, Front, Phone, Report, kind
from tests.support.desk import Desk

Headers = dict[str, str]


async def started(phone: Phone, headers: Headers, document: str = "mine/1") -> str:
    response = await phone.post("/v1/jobs/report", json={"document": document}, headers=headers)
    assert response.status_code == 202
    return str(response.json()["job"])


async def worked_on(front: Front, run_id: str, work: Any) -> None:
    desk = Desk(front.database, CONTRACTS["report"], work, publisher=front.publisher)
    await desk.deliver(await desk.read(run_id))


async def done(_: Report, __: JobContext[None]) -> dict[str, Any]:
    return {"pages": 3, "secret": "s3cret"}


async def not_now(_: Report, __: JobContext[None]) -> None:
    raise RetryableError("the printer is out of paper", retry_after=0)


async def test_a_person_follows_the_mail_that_signed_them_in(front: Front, phone: Phone) -> None:
    asked = await phone.post("/v1/auth/magic-links", json={"email": "ada@example.com"})
    session = await phone.post("/v1/auth/sessions", json={"token": await front.mailed(asked)})
    ada = {"Authorization": f"Bearer {session.json()['token']}"}
    seen = (await phone.get(f"/v1/jobs/{asked.json()['job']}", headers=ada)).json()
    assert (seen["job"], seen["state"]) == ("send_email", "queued")
    assert seen["payload"]["mail"]["to"] == "***"
    assert "ada@example.com" not in str(seen)


async def test_a_run_shows_its_history_and_its_result(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write", "jobs:read")
    run_id = await started(phone, server)
    await worked_on(front, run_id, not_now)
    await worked_on(front, run_id, done)
    seen = (await phone.get(f"/v1/jobs/{run_id}", headers=server)).json()
    assert seen["state"] == "succeeded"
    assert [attempt["outcome"] for attempt in seen["attempts"]] == ["retrying", "succeeded"]
    assert seen["attempts"][0]["error"] == {"code": "retryable", "message": "the printer is out of paper"}
    assert seen["result"] == {"pages": 3, "secret": "***"}
    assert seen["payload"]["options"]["secret"] == "***"
    for time in (seen["created_at"], seen["finished_at"], seen["attempts"][0]["started_at"]):
        assert time.endswith("Z")
        datetime.fromisoformat(time)


async def test_a_fault_in_a_job_shows_its_place_and_never_its_text(front: Front, phone: Phone) -> None:
    async def broken(_: Report, __: JobContext[None]) -> None:
        raise ValueError("s3cret")

    server = await front.key("jobs:write", "jobs:read")
    run_id = await started(phone, server)
    desk_log = Desk(front.database, CONTRACTS["report"], broken, publisher=front.publisher)
    await desk_log.deliver(await desk_log.read(run_id))
    response = await phone.get(f"/v1/jobs/{run_id}", headers=server)
    assert response.json()["attempts"][0]["error"]["code"] == "fault"
    assert "s3cret" not in response.text


async def test_a_run_of_a_job_that_is_no_longer_here_shows_no_payload(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write", "jobs:read")
    run_id = await started(phone, server)
    await front.database.runs.update_one({"_id": run_id}, {"$set": {"job": "gone"}})
    assert (await phone.get(f"/v1/jobs/{run_id}", headers=server)).json()["payload"] == "***"


async def test_anothers_run_is_not_there_but_for_an_operator(front: Front, phone: Phone) -> None:
    run_id = await started(phone, await front.key("jobs:write"))
    stranger = await front.key("jobs:write", "jobs:read")
    for response in (
        await phone.get(f"/v1/jobs/{run_id}", headers=stranger),
        await phone.get("/v1/jobs/there-is-none", headers=stranger),
        await phone.post(f"/v1/jobs/{run_id}/cancel", headers=stranger),
    ):
        assert response.status_code == 404
        assert response.json()["detail"] == "There is no such job, or it is not yours."
    assert (await phone.get("/v1/jobs", headers=stranger)).json()["items"] == []
    assert (await phone.get(f"/v1/jobs/{run_id}", headers=await front.key("operator"))).status_code == 200


async def test_pages_hold_every_own_run_once_the_newest_first(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write", "jobs:read")
    await started(phone, await front.key("jobs:write"))
    mine = [await started(phone, server, f"mine/{n}") for n in range(5)]
    await front.database.runs.update_many({"_id": {"$in": mine[:3]}}, {"$set": {"created": 1_700_000_000_000}})
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        page = (
            await phone.get("/v1/jobs", params={"limit": 2} | ({"cursor": cursor} if cursor else {}), headers=server)
        ).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert cursor is None
    assert seen == [mine[4], mine[3], *sorted(mine[:3], reverse=True)]


async def test_a_list_is_filtered_by_state(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write", "jobs:read")
    first, second = await started(phone, server), await started(phone, server)
    await worked_on(front, first, done)
    for state, expected in (("succeeded", [first]), ("queued", [second]), ("failed", [])):
        page = (await phone.get("/v1/jobs", params={"status": state}, headers=server)).json()
        assert [item["id"] for item in page["items"]] == expected


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1e1"])
async def test_a_page_has_between_1_and_100_runs(front: Front, phone: Phone, limit: str) -> None:
    response = await phone.get("/v1/jobs", params={"limit": limit}, headers=await front.key("jobs:read"))
    assert response.status_code == 422
    error = response.json()["errors"][0]
    assert (error["in"], error["pointer"]) == ("query", "#/limit")


async def test_a_cursor_that_was_tampered_with_is_refused(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write", "jobs:read")
    for n in range(2):
        await started(phone, server, f"mine/{n}")
    good = (await phone.get("/v1/jobs", params={"limit": 1}, headers=server)).json()["next"]
    swapped = "A" if good[20] != "A" else "B"
    bad = [good[:-1], good[:20] + swapped + good[21:], f"{good}=", f"{good}!", "", "x", "é", "a" * 400]
    for cursor in bad:
        response = await phone.get("/v1/jobs", params={"cursor": cursor}, headers=server)
        assert (response.status_code, kind(response)) == (400, "cursor"), cursor


async def test_a_cursor_of_another_list_is_refused(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write", "jobs:read")
    for n in range(2):
        await started(phone, server, f"mine/{n}")
    cursor = (await phone.get("/v1/jobs", params={"limit": 1}, headers=server)).json()["next"]
    filtered = await phone.get("/v1/jobs", params={"cursor": cursor, "status": "queued"}, headers=server)
    other = await phone.get("/v1/jobs", params={"cursor": cursor}, headers=await front.key("jobs:read"))
    assert filtered.status_code == other.status_code == 400


async def test_a_cursor_can_not_carry_a_query_into_the_store(front: Front, phone: Phone) -> None:
    """Anybody can compute its check."""
    server = await front.key("jobs:write", "jobs:read")
    run = await front.run(await started(phone, server))
    asked = RunFilter(owner=run.owner).model_dump_json(exclude_none=True)
    of = f"{run.owner} {asked}".encode()
    good = urlsafe_b64encode(sha256(b"\0".join((b"millrace/cursor/1", of, b'[1, "a"]'))).digest()[:12] + b'[1, "a"]')
    answer = await phone.get("/v1/jobs", params={"cursor": good.rstrip(b"=").decode()}, headers=server)
    assert answer.status_code == 200, "the check is not made as it is here"
    for data in (
        b'[{"$gt": 0}, "a"]',
        b'[1, {"$ne": ""}]',
        b"[true, 'a']",
        b'[-1, "a"]',
        b'{"a": 1}',
        b'[1, "\\ud800"]',
        b"[" * 300,
    ):
        check = sha256(b"\0".join((b"millrace/cursor/1", of, data))).digest()[:12]
        cursor = urlsafe_b64encode(check + data).rstrip(b"=").decode()
        assert urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).endswith(data)
        assert (await phone.get("/v1/jobs", params={"cursor": cursor}, headers=server)).status_code == 400


async def test_what_has_not_begun_is_cancelled_at_once_and_taken_back_from_qstash(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write", "jobs:read")
    run_id = await started(phone, server)
    response = await phone.post(f"/v1/jobs/{run_id}/cancel", headers=server)
    assert (response.status_code, response.json()["state"]) == (200, "cancelled")
    assert front.publisher.cancelled == [(await front.run(run_id)).message_id]


async def test_a_run_without_a_message_never_calls_for_its_cancellation(front: Front, phone: Phone) -> None:
    """Case 16: an empty id would delete every message of the account."""
    front.publisher.fail = lambda _: DependencyDown("qstash", "away")
    server = await front.key("jobs:write")
    run_id = await started(phone, server)
    assert (await phone.post(f"/v1/jobs/{run_id}/cancel", headers=server)).status_code == 200
    assert front.publisher.cancelled == []


async def test_what_has_begun_is_asked_to_stop_and_says_so(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write")
    run_id = await started(phone, server)
    await worked_on(front, run_id, not_now)
    for _ in range(2):
        response = await phone.post(f"/v1/jobs/{run_id}/cancel", headers=server)
        assert (response.status_code, response.json()["state"]) == (202, "retrying")
        assert response.json()["cancel_requested_at"]
    await worked_on(front, run_id, done)
    assert (await front.run(run_id)).state is State.CANCELLED


async def test_what_has_ended_can_not_be_cancelled(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write")
    run_id = await started(phone, server)
    await worked_on(front, run_id, done)
    response = await phone.post(f"/v1/jobs/{run_id}/cancel", headers=server)
    assert (response.status_code, kind(response)) == (409, "already-finished")


async def test_cancels_that_race_with_each_other_and_with_the_work_leave_one_end(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write")
    for _ in range(5):
        run_id = await started(phone, server)
        run = await front.run(run_id)
        cancels = gather(*(phone.post(f"/v1/jobs/{run_id}/cancel", headers=server) for _ in range(3)))
        answers, _ = await gather(cancels, worked_on(front, run_id, done))
        assert {answer.status_code for answer in answers} <= {200, 202, 409}
        ended = await front.run(run_id)
        assert ended.state in {State.CANCELLED, State.SUCCEEDED}
        assert (ended.state is State.CANCELLED) == (ended.result is None)
        assert await cancel(front.database, run, by="late") is None
