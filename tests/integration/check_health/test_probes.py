"""Each probe against the real local server: good, down, silent, slow, garbled, and with credentials that are none."""

import asyncio

import pytest

from infra.local.faults import Answer, Exchange, Fault, http_answer, raw
from shared.health import STORAGE_KEY
from shared.health.model import Look, Status
from shared.health.records import PROBED
from shared.redis import Redis
from tests.conftest import Objects
from tests.integration.check_health.ground import ADDRESSES, Ground
from tests.support.ai_server import AiServer
from tests.support.open_storage import open_storage

PAGE = "<!doctype html><title>Bad Gateway</title>"
PARTS = pytest.mark.parametrize("part", ADDRESSES)


@pytest.fixture(autouse=True)
def _generous(ground: Ground) -> None:
    ground.limits()


@PARTS
async def test_a_service_that_works_is_healthy(ground: Ground, part: str) -> None:
    found = await ground.look(part)
    assert (found.found, found.why) == (Status.HEALTHY, "")
    assert found.latency is not None


@PARTS
async def test_a_service_that_is_not_there_is_down(ground: Ground, part: str) -> None:
    ground.limits(limit=1.0)
    found = await ground.look_through(part, None)
    assert found.found is Status.DOWN
    assert not found.why.startswith(part), "its name stands before it already"


@PARTS
async def test_a_service_that_is_silent_is_down_after_its_time(ground: Ground, part: str) -> None:
    ground.limits(limit=0.5)
    assert (await ground.look_through(part, Fault(forwarded=False, then=asyncio.Event().wait))).found is Status.DOWN


@PARTS
async def test_a_service_that_answers_late_is_degraded(ground: Ground, part: str) -> None:
    ground.limits(slow=0.04)
    found = await ground.look_through(part, Fault(forwarded=True, answered=True, then=lambda: asyncio.sleep(0.05)))
    assert found.found is Status.DEGRADED
    assert found.why.startswith("slow, ")


@PARTS
async def test_an_answer_that_is_none_of_its_own_is_down(ground: Ground, part: str) -> None:
    answer = raw(b"HTTP/1.1 502 Bad Gateway\r\n\r\n") if part == "mongodb" else http_answer(200, PAGE)
    found = await ground.look_through(part, Fault(forwarded=False, answer=answer))
    assert found.found is Status.DOWN
    assert "the probe fails" not in found.why, "that is a fault of ours"


@PARTS
async def test_one_lost_answer_changes_nothing(ground: Ground, part: str) -> None:
    lost: list[object] = []

    def once(exchange: object) -> Fault | None:
        lost.append(exchange)
        return Fault(forwarded=True) if len(lost) == 1 else None

    async with ground.through(part, once) as (changed, _):
        assert (await ground.look(part, **changed)).found is Status.HEALTHY
    assert len(lost) > 1


@pytest.mark.parametrize(
    ("part", "question", "answer", "why"),
    [
        ("redis", "POST / GET", http_answer(200, {"result": "b2YteWVzdGVyZGF5"}), "it does not get what was just set"),
        (
            "storage",
            "GET /",
            http_answer(200, "of-yesterday", {"ETag": '"e"'}),
            "it does not give the bytes that were just written",
        ),
    ],
)
async def test_what_is_read_must_be_what_was_just_written(
    ground: Ground, part: str, question: str, answer: Answer, why: str
) -> None:
    def late(exchange: Exchange) -> Fault | None:
        return Fault(forwarded=True, answer=answer) if exchange.name.startswith(question) else None

    async with ground.through(part, late) as (changed, _):
        found = await ground.look(part, **changed)
    assert (found.found, found.why) == (Status.DOWN, why)


@pytest.mark.parametrize(
    ("part", "variable", "why"),
    [
        ("redis", "UPSTASH_REDIS_REST_TOKEN", "HTTPStatusError"),
        ("qstash", "QSTASH_TOKEN", None),
        ("resend", "RESEND_API_KEY", "invalid_api_key"),
        ("storage", "STORAGE_SECRET_ACCESS_KEY", "status 403"),
        ("ai", "AI_KEY", "status 403"),
    ],
)
async def test_credentials_that_are_none_are_down(ground: Ground, part: str, variable: str, why: str | None) -> None:
    """Its service is well, and is of no use to us all the same."""
    found = await ground.look(part, **{variable: "of-somebody-else"})
    assert found.found is Status.DOWN
    assert why is None or found.why == why


@pytest.mark.parametrize(
    ("status", "name", "found"),
    [
        (401, "restricted_api_key", Status.HEALTHY),
        (429, "rate_limit_exceeded", Status.HEALTHY),
        (401, "missing_api_key", Status.DOWN),
        (500, "internal_server_error", Status.DOWN),
        (503, "restricted", Status.DOWN),
    ],
)
async def test_a_key_that_may_only_send_is_known_by_its_refusal(
    ground: Ground, status: int, name: str, found: Status
) -> None:
    said = http_answer(status, {"statusCode": status, "name": name, "message": "no"})
    assert (await ground.look_through("resend", Fault(forwarded=False, answer=said))).found is found


async def test_redis_forgets_its_probe(ground: Ground, redis: Redis) -> None:
    await ground.look("redis")
    assert 0 < await redis.call("TTL", "health:probe") <= 60


async def test_the_store_keeps_one_record_of_its_probe(ground: Ground) -> None:
    for _ in range(2):
        await ground.look("mongodb")
    assert [record["_id"] async for record in ground.database.health.find({})] == [PROBED]


@pytest.mark.parametrize("provider", ["tigris", "supabase"])
async def test_the_bucket_keeps_one_object_of_its_probe(ground: Ground, objects: Objects, provider: str) -> None:
    """Whatever a turn that died has left there."""
    with open_storage(objects(provider)) as storage:
        await storage.create(STORAGE_KEY, b"left by a turn that died", content_type="text/plain")
        assert (await ground.look("storage", STORAGE_PROVIDER=provider)).found is Status.HEALTHY
        assert [one.key async for page in storage.list("health/") for one in page] == [STORAGE_KEY]


async def test_bedrock_is_asked_for_one_token(ground: Ground, ai: AiServer) -> None:
    assert (await ground.look("ai")).found is Status.HEALTHY
    (call,) = ai.calls()
    assert (call["api"], call["tokens"] < 10) == ("bedrock", True)


async def test_a_server_of_openais_protocol_is_asked_for_its_models_which_cost_nothing(
    ground: Ground, ai: AiServer
) -> None:
    assert (await _openai(ground, ai)).found is Status.HEALTHY
    assert ai.calls() == []


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"status": 429}, {"status": 400}, {"drop_answer": True}, {"drop_request": True}]
)
async def test_a_server_of_openais_protocol_that_fails_is_down(
    ground: Ground, ai: AiServer, fault: dict[str, object]
) -> None:
    ai.order(always=fault)
    assert (await _openai(ground, ai)).found is Status.DOWN


async def _openai(ground: Ground, ai: AiServer) -> Look:
    return await ground.look("ai", AI_PROVIDER="openai", AI_URL=f"{ai.url}/v1")
