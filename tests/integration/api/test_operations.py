"""Operators' acts by HTTP: everyone's jobs, replay, purge, many at once, and the log. Each answer is as it is told."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.context import JobContext
from shared.errors import DependencyDown, PermanentError
from shared.runs.model import State
from tests.integration.api.front import CONTRACTS, Front, Phone, Report, kind
from tests.integration.api.repeats import replayed
from tests.integration.documents.as_told import as_told
from tests.support.desk import Desk

Headers = dict[str, str]
KEY = {"Idempotency-Key": '"2f6f8a8e-0c5e-4f8e-9a5e-1f2d3c4b5a69"'}


@pytest.fixture
async def phone(front: Front) -> AsyncIterator[Phone]:
    front.looks.append(as_told(front.document, ("/v1/jobs", "/v1/operations")))
    async with front.browser() as browser:
        yield browser


@pytest.fixture
async def server(front: Front) -> Headers:
    return await front.key("jobs:write", "jobs:read")


@pytest.fixture
async def operator(front: Front) -> Headers:
    return await front.key("operator")


async def no(_: Report, __: JobContext[None]) -> None:
    raise PermanentError("no")


async def yes(_: Report, __: JobContext[None]) -> str:
    return "done"


async def started(phone: Phone, who: Headers, document: str = "mine/1") -> str:
    return str((await phone.post("/v1/jobs/report", json={"document": document}, headers=who)).json()["job"])


async def worked_on(front: Front, run_id: str, work: Any) -> None:
    desk = Desk(front.database, CONTRACTS["report"], work, publisher=front.publisher)
    await desk.deliver(await desk.read(run_id))


async def failed(front: Front, phone: Phone, who: Headers, document: str = "mine/1") -> str:
    run_id = await started(phone, who, document)
    await worked_on(front, run_id, no)
    noted = {"$set": {"dlq_id": "dlq_1", "dead_letters": ["dlq_1"]}}
    await front.database.runs.update_one({"_id": run_id}, noted)
    return run_id


async def listed(phone: Phone, who: Headers, **asked: Any) -> list[str]:
    answer = await phone.get("/v1/jobs", params=asked, headers=who)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def acts(phone: Phone, who: Headers) -> list[dict[str, Any]]:
    """What the log says of runs: keys have entries too."""
    items: list[dict[str, Any]] = (await phone.get("/v1/operations", headers=who)).json()["items"]
    return [act for act in items if act["action"].startswith("run.")]


async def test_an_operator_finds_everyones_jobs_by_what_is_known_of_them(
    front: Front, phone: Phone, server: Headers, operator: Headers
) -> None:
    mine, others = await failed(front, phone, server), await failed(front, phone, await front.key("jobs:write"))
    waiting = await started(phone, server)
    owner = (await front.run(mine)).owner
    everyone = {"everyone": True}
    for asked, expected in (
        ({}, []),
        (everyone, [waiting, others, mine]),
        (everyone | {"status": ["failed", "cancelled"]}, [others, mine]),
        (everyone | {"status": "failed", "code": "permanent"}, [others, mine]),
        (everyone | {"code": "fault"}, []),
        ({"owner": owner}, [waiting, mine]),
        (everyone | {"job": "send_email"}, []),
        (everyone | {"since": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z"}, []),
        (everyone | {"since": "2020-01-01T00:00:00Z", "job": "report"}, [waiting, others, mine]),
    ):
        assert await listed(phone, operator, **asked) == expected
    assert await listed(phone, server, status="failed", code="permanent") == [mine]


@pytest.mark.parametrize("asked", [{"everyone": True}, {"owner": "key:another"}])
async def test_others_jobs_are_for_operators(phone: Phone, server: Headers, asked: dict[str, Any]) -> None:
    answer = await phone.get("/v1/jobs", params=asked, headers=server)
    assert (answer.status_code, kind(answer)) == (403, "scope")
    assert 'scope="operator"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("asked", [{"status": "lost"}, {"since": "yesterday"}, {"since": "2026-01-01T00:00:00"}])
async def test_a_filter_that_says_nothing_is_refused(phone: Phone, operator: Headers, asked: dict[str, Any]) -> None:
    assert (await phone.get("/v1/jobs", params={"everyone": True, **asked}, headers=operator)).status_code == 422


async def test_a_failed_job_is_replayed_and_its_dead_letter_removed(
    front: Front, phone: Phone, server: Headers, operator: Headers
) -> None:
    run_id = await failed(front, phone, server)
    assert (await phone.get(f"/v1/jobs/{run_id}", headers=server)).json()["dead_letter"] == "dlq_1"
    answer = await phone.post(f"/v1/jobs/{run_id}/replay", headers=operator)
    assert (answer.status_code, answer.json()["state"], answer.json()["dead_letter"]) == (202, "queued", None)
    assert front.publisher.removed == ["dlq_1"]
    await worked_on(front, run_id, yes)
    assert (await front.run(run_id)).state is State.SUCCEEDED


async def test_a_replay_is_answered_though_qstash_is_away(
    front: Front, phone: Phone, server: Headers, operator: Headers
) -> None:
    run_id = await failed(front, phone, server)
    front.publisher.fail = lambda _: DependencyDown("qstash", "away")
    answer = await phone.post(f"/v1/jobs/{run_id}/replay", headers=operator)
    assert (answer.status_code, answer.json()["state"], answer.headers["x-degraded"]) == (202, "pending", "qstash")


async def test_an_edited_payload_keeps_what_the_server_has_stamped(
    front: Front, phone: Phone, server: Headers, operator: Headers
) -> None:
    run_id = await failed(front, phone, server)
    replay = f"/v1/jobs/{run_id}/replay"
    for wrong in ({"owner": "key:eve"}, {"weight": 2}, {"document": 7}, {"CANARY": 1}, {"options": {"secret": "***"}}):
        answer = await phone.post(replay, json={"payload": wrong}, headers=operator)
        assert (answer.status_code, kind(answer)) == (422, "invalid")
        assert answer.json()["errors"][0]["pointer"] == "#/payload"
        assert "CANARY" not in answer.text
    unclear: list[Any] = [{"payload": {}}, {"payload": [1]}, {"load": {}}]
    for body in unclear:
        assert (await phone.post(replay, json=body, headers=operator)).status_code == 422
    assert (await front.run(run_id)).state is State.FAILED

    answer = await phone.post(replay, json={"payload": {"document": "mine/2"}}, headers=operator)
    assert answer.status_code == 202
    payload = Report.model_validate_json((await front.run(run_id)).payload)
    assert (payload.document, payload.owner) == ("mine/2", (await front.run(run_id)).owner)
    (act,) = await acts(phone, operator)
    assert (act["action"], act["subject"], act["what"]["fields"]) == ("run.replay", run_id, ["document"])
    assert act["by"].startswith("key:")
    assert "mine/2" not in str(act)


async def test_a_job_that_is_not_to_be_replayed_says_why(
    front: Front, phone: Phone, server: Headers, operator: Headers
) -> None:
    succeeded, waiting, taken = [await started(phone, server) for _ in range(3)]
    await worked_on(front, succeeded, yes)
    await worked_on(front, taken, no)
    owner = (await front.run(taken)).owner
    await front.database.runs.update_one({"_id": taken}, {"$set": {"freed_key": "k"}})
    await front.database.runs.update_one({"_id": waiting}, {"$set": {"key": "k"}})
    for run_id, expected, said in (
        (succeeded, "not-replayable", "it has succeeded"),
        (waiting, "not-replayable", "it is queued"),
        (taken, "key-taken", waiting),
    ):
        answer = await phone.post(f"/v1/jobs/{run_id}/replay", headers=operator)
        assert (answer.status_code, kind(answer)) == (409, expected)
        assert said in answer.json()["detail"]
    assert (await phone.post("/v1/jobs/nothing/replay", headers=operator)).status_code == 404
    assert owner.startswith("key:")


async def test_a_replay_that_is_sent_again_is_done_once(
    front: Front, phone: Phone, server: Headers, operator: Headers
) -> None:
    """Even where the run has failed again meanwhile: a repeat with its key is the same request."""
    run_id = await failed(front, phone, server)
    first = await phone.post(f"/v1/jobs/{run_id}/replay", headers=operator | KEY)
    await worked_on(front, run_id, no)
    again = await phone.post(f"/v1/jobs/{run_id}/replay", headers=operator | KEY)
    assert (first.status_code, again.status_code, replayed(first), replayed(again)) == (202, 202, False, True)
    assert (again.json()["state"], (await front.run(run_id)).epoch) == ("failed", 1)
    other = await phone.post(f"/v1/jobs/{run_id}/replay", json={"payload": {"document": "x"}}, headers=operator | KEY)
    assert (other.status_code, kind(other)) == (422, "idempotency-key-reused")


async def test_what_has_ended_is_purged(front: Front, phone: Phone, server: Headers, operator: Headers) -> None:
    ended, waiting = await failed(front, phone, server), await started(phone, server)
    assert (await phone.delete(f"/v1/jobs/{ended}", headers=operator)).status_code == 204
    assert (await phone.delete(f"/v1/jobs/{ended}", headers=operator)).status_code == 404
    answer = await phone.delete(f"/v1/jobs/{waiting}", headers=operator)
    assert (answer.status_code, kind(answer)) == (409, "not-purgeable")
    assert (await phone.get(f"/v1/jobs/{ended}", headers=server)).status_code == 404
    assert front.publisher.removed == ["dlq_1"]


async def test_an_operators_cancellation_is_written_down_and_an_owners_is_not(
    front: Front, phone: Phone, server: Headers, operator: Headers
) -> None:
    theirs, own = await started(phone, server), await started(phone, server)
    assert (await phone.post(f"/v1/jobs/{theirs}/cancel", headers=operator)).status_code == 200
    assert (await phone.post(f"/v1/jobs/{own}/cancel", headers=server)).status_code == 200
    noted = [(act["action"], act["subject"]) for act in await acts(phone, operator)]
    assert noted == [("run.cancel", theirs)]


async def test_nothing_happens_before_the_preview_is_taken_away(
    front: Front, phone: Phone, server: Headers, operator: Headers
) -> None:
    runs = [await failed(front, phone, server, f"mine/{n}") for n in range(3)]
    asked = {"action": "replay", "filter": {"status": ["failed"], "code": "permanent"}}
    seen = (await phone.post("/v1/operations", json=asked, headers=operator)).json()
    assert (seen["count"], [run["id"] for run in seen["first"]]) == (3, runs[::-1])
    assert seen["first"][0]["payload"]["options"]["secret"] == "***"
    assert await acts(phone, operator) == []


async def test_many_are_done_in_parts_until_none_is_left(
    front: Front, phone: Phone, server: Headers, operator: Headers
) -> None:
    runs = [await failed(front, phone, server, f"mine/{n}") for n in range(3)]
    asked = {"action": "replay", "filter": {"job": "report"}, "preview": False, "most": 2, "rate": 1}
    first, second, third = [(await phone.post("/v1/operations", json=asked, headers=operator)).json() for _ in range(3)]
    assert [one["id"] for one in first["done"]] == runs[:0:-1]
    assert (first["left"], [one["id"] for one in second["done"]], second["left"]) == (1, runs[:1], 0)
    assert third == {"done": [], "left": 0}
    assert {one["outcome"] for one in first["done"]} == {"replayed"}
    cancel = {"action": "cancel", "filter": {}, "preview": False}
    done = (await phone.post("/v1/operations", json=cancel, headers=operator)).json()["done"]
    assert {one["outcome"] for one in done} == {"requested"}, "they had been tried before"


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "retry", "filter": {}},
        {"action": "purge"},
        {"action": "purge", "filter": {"state": ["failed"]}},
        {"action": "purge", "filter": {}, "most": 201},
        {"action": "replay", "filter": {}, "rate": 0},
        {"action": "purge", "filter": {}, "preview": 0},
    ],
)
async def test_an_operation_that_is_not_clear_is_refused(
    phone: Phone, operator: Headers, wrong: dict[str, Any]
) -> None:
    assert (await phone.post("/v1/operations", json=wrong, headers=operator)).status_code == 422


async def test_the_log_has_pages_and_those_of_one_subject(
    front: Front, phone: Phone, server: Headers, operator: Headers
) -> None:
    runs = [await started(phone, server, f"mine/{n}") for n in range(3)]
    for run_id in runs:
        await phone.post(f"/v1/jobs/{run_id}/cancel", headers=operator)
    seen: list[str] = []
    asked: dict[str, Any] = {"limit": 2}
    while asked.get("cursor", "the first"):
        page = (await phone.get("/v1/operations", params=asked, headers=operator)).json()
        seen += [act["subject"] for act in page["items"] if act["action"] == "run.cancel"]
        asked["cursor"] = page["next"]
    assert sorted(seen) == sorted(runs)
    of_one = (await phone.get("/v1/operations", params={"subject": runs[0]}, headers=operator)).json()
    assert [act["what"]["was"] for act in of_one["items"]] == ["queued"]
    first = (await phone.get("/v1/operations", params={"limit": 1}, headers=operator)).json()["next"]
    elsewhere = await phone.get("/v1/operations", params={"cursor": first, "subject": runs[0]}, headers=operator)
    assert (elsewhere.status_code, kind(elsewhere)) == (400, "cursor")
