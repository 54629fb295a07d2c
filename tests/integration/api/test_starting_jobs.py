"""POST /v1/jobs/{job}: case 31 (what a caller may start), case 17 (whose key it is), case 35 (how large it may be)."""

import json
from collections.abc import AsyncIterator

import pytest

from shared.errors import DependencyDown
from shared.runs.finish import End, finish
from shared.runs.model import State
from tests.integration.api.front import Front, Phone, kind

WISH = {"document": "mine/1", "colour": "blue"}


async def test_a_public_job_is_accepted_stamped_and_handed_over(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write")
    response = await phone.post("/v1/jobs/report", json=WISH, headers=server)
    assert response.status_code == 202
    run = await front.run(response.json()["job"])
    assert response.headers["location"] == f"/v1/jobs/{run.id}"
    assert run.state is State.QUEUED
    assert run.owner.startswith("key:")
    assert json.loads(run.payload)["owner"] == run.owner


@pytest.mark.parametrize("job", ["send_email", "inner", "no_such_job", "relay_jobs", "current", "%24where"])
async def test_a_job_without_a_public_face_is_as_unknown_as_one_that_does_not_exist(
    front: Front, phone: Phone, job: str
) -> None:
    """An open relay otherwise: `send_email` to any recipient."""
    mail = {"mail": {"kind": "sign_in", "to": "victim@example.com", "kid": "one", "minutes": 15}}
    operator = await front.key("operator")
    response = await phone.post(f"/v1/jobs/{job}", json=mail, headers=operator)
    unknown = await phone.post("/v1/jobs/nothing_at_all", json=mail, headers=operator)
    assert response.status_code == 404
    same = {"type", "title", "status", "detail"}
    assert {name: response.json()[name] for name in same} == {name: unknown.json()[name] for name in same}
    assert await front.database.runs.count_documents({}) == 0


async def test_what_the_face_does_not_authorize_is_forbidden(front: Front, phone: Phone) -> None:
    response = await phone.post("/v1/jobs/report", json={"document": "others/1"}, headers=await front.key("jobs:write"))
    assert (response.status_code, kind(response)) == (403, "not-allowed")
    assert await front.database.runs.count_documents({}) == 0


async def test_what_the_server_stamps_can_not_be_sent(front: Front, phone: Phone) -> None:
    sent = WISH | {"owner": "somebody-else"}
    response = await phone.post("/v1/jobs/report", json=sent, headers=await front.key("jobs:write"))
    assert (response.status_code, kind(response)) == (422, "invalid")
    assert [error["detail"] for error in response.json()["errors"]] == ["has a field that is not known here"]
    assert "somebody-else" not in response.text


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer mr_wrong"}, {"Authorization": "Bearer ms_wrong"}, {"Authorization": "x"}]
)
async def test_nobody_in_particular_starts_nothing(front: Front, phone: Phone, headers: dict[str, str]) -> None:
    for job in ("report", "send_email", "nothing"):
        response = await phone.post(f"/v1/jobs/{job}", json=WISH, headers=headers)
        assert (response.status_code, kind(response)) == (401, "unauthenticated")
        assert response.headers["www-authenticate"] == "Bearer"


async def test_a_key_starts_only_with_the_scope_for_it(front: Front, phone: Phone) -> None:
    response = await phone.post("/v1/jobs/report", json=WISH, headers=await front.key("jobs:read"))
    assert (response.status_code, kind(response)) == (403, "scope")


async def test_the_same_idempotency_key_gives_the_first_run(front: Front, phone: Phone) -> None:
    headers = await front.key("jobs:write") | {"Idempotency-Key": "order-1"}
    first = await phone.post("/v1/jobs/report", json=WISH, headers=headers)
    again = await phone.post("/v1/jobs/report", json=WISH, headers=headers)
    assert first.json()["job"] == again.json()["job"]
    assert (first.status_code, again.status_code) == (202, 202)
    assert len(front.publisher.published) == 1


async def test_another_callers_idempotency_key_is_another_key(front: Front, phone: Phone) -> None:
    """Case 17: B does not see A's run by A's key."""
    runs = set()
    for _ in range(2):
        headers = await front.key("jobs:write") | {"Idempotency-Key": "order-1"}
        runs.add((await phone.post("/v1/jobs/report", json=WISH, headers=headers)).json()["job"])
    assert len(runs) == 2


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
async def test_a_key_stands_for_its_run_whatever_becomes_of_it(front: Front, phone: Phone, state: State) -> None:
    """A repeat must not do what has failed a second time unawares; another key does."""
    headers = await front.key("jobs:write") | {"Idempotency-Key": "order-1"}
    first = await phone.post("/v1/jobs/report", json=WISH, headers=headers)
    await finish(front.database, await front.run(first.json()["job"]), End(state=state, reason="test"), alert=None)
    again = await phone.post("/v1/jobs/report", json=WISH, headers=headers)
    assert (again.status_code, again.json()) == (202, first.json())
    other = await phone.post("/v1/jobs/report", json=WISH, headers=headers | {"Idempotency-Key": "order-2"})
    assert other.json()["job"] != first.json()["job"]


async def test_a_body_over_256_kb_is_413_and_one_under_it_is_not(front: Front, phone: Phone) -> None:
    server = await front.key("jobs:write")
    fits = {"document": "x" * (256 * 1024 - 20)}
    assert (await phone.post("/v1/jobs/report", json=fits, headers=server)).status_code == 202
    large = await phone.post("/v1/jobs/report", json={"document": "x" * (256 * 1024)}, headers=server)
    assert (large.status_code, kind(large)) == (413, "too-large")


async def test_a_body_that_hides_its_length_is_413_as_well(front: Front, phone: Phone) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b"x" * 1024

    server = await front.key("jobs:write")
    assert (await phone.post("/v1/jobs/report", content=pieces(), headers=server)).status_code == 413


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b"[" * 100_000, b"1" * 5000, b"NaN", b'{"document": NaN}', b"nul", b""]
)
async def test_what_is_no_json_object_is_a_problem_of_the_callers(front: Front, phone: Phone, body: bytes) -> None:
    headers = await front.key("jobs:write") | {"Content-Type": "application/json"}
    response = await phone.post("/v1/jobs/report", content=body, headers=headers)
    assert response.status_code in {400, 422}
    kind(response)


@pytest.mark.parametrize(
    "wish",
    [
        b'{"document": "\\ud800"}',
        b'{"document": "a", "extras": {"x": "\\ud800"}}',
        b'{"document": "a", "extras": {"\\ud800": 1}}',
        b'{"document": "a", "weight": NaN}',
        b'{"document": "a", "weight": 1e999}',
    ],
)
async def test_what_the_job_could_not_read_again_is_refused(front: Front, phone: Phone, wish: bytes) -> None:
    headers = await front.key("jobs:write") | {"Content-Type": "application/json"}
    response = await phone.post("/v1/jobs/report", content=wish, headers=headers)
    assert response.status_code == 422, response.text
    assert await front.database.runs.count_documents({}) == 0


async def test_dollars_nulls_and_large_numbers_come_back_as_they_were_sent(front: Front, phone: Phone) -> None:
    """Case 18."""
    server = await front.key("jobs:write", "jobs:read")
    extras = {"$where": "1", "n": 2**80, "z": "a\0b", "a.b": [{"$gt": None}]}
    sent = {"document": "$payload", "extras": extras}
    started = await phone.post("/v1/jobs/report", json=sent, headers=server)
    seen = await phone.get(started.headers["location"], headers=server)
    assert seen.json()["payload"]["document"] == "$payload"
    assert {name: seen.json()["payload"]["options"][name] for name in extras} == extras


async def test_with_qstash_away_it_is_202_and_pending(front: Front, phone: Phone) -> None:
    front.publisher.fail = lambda _: DependencyDown("qstash", "away")
    response = await phone.post("/v1/jobs/report", json=WISH, headers=await front.key("jobs:write"))
    assert (response.status_code, response.json()["state"]) == (202, "pending")
