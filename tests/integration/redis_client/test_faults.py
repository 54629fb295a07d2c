"""Each fault of the SDK or of what answers it: every call has an end, one kind of error, and is sent once."""

import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from infra.local.faults import Exchange, Fault, FaultProxy, Http
from shared import deadline
from shared.breakers import BreakerOpen, LocalBreaker
from shared.config import RedisSettings
from shared.errors import DeadlineReached, DependencyDown
from shared.redis import Redis, Script
from tests.conftest import PATIENCE
from tests.integration.redis_client.scripted import answer, scripted

SUM = Script("return redis.call('INCRBY', KEYS[1], ARGV[1])")


@asynccontextmanager
async def client_of(url: str, *, failures: int = 100) -> AsyncIterator[Redis]:
    breaker = LocalBreaker("redis", time.monotonic, failures=failures, rest=600, longest=600)
    async with Redis(settings_of(url), breaker, limit=PATIENCE) as client:
        yield client


def settings_of(url: str) -> RedisSettings:
    return RedisSettings(stage="local", upstash_redis_rest_url=url, upstash_redis_rest_token=SecretStr("t"))


def towards(settings: RedisSettings) -> tuple[str, int]:
    return "127.0.0.1", int(settings.upstash_redis_rest_url.rpartition(":")[2])


async def test_a_hung_server_is_waited_for_no_longer_than_the_limit() -> None:
    async with scripted(None) as server, client_of(server.url) as redis:
        began = time.monotonic()
        with pytest.raises(DependencyDown, match=r"no answer in 0\.3 s") as caught:
            await redis.call("GET", "a", within=0.3)
        assert time.monotonic() - began < 20.0
        assert caught.value.its_fault


async def test_a_call_cut_off_by_its_callers_deadline_opens_no_breaker() -> None:
    async with scripted(None) as server, client_of(server.url, failures=1) as redis:
        for _ in range(2):
            with deadline.within(0.2, time.monotonic), pytest.raises(DependencyDown) as caught:
                await redis.call("GET", "a")
            assert not caught.value.its_fault
            assert not isinstance(caught.value, BreakerOpen)
        with deadline.within(0, time.monotonic), pytest.raises(DeadlineReached):
            await redis.call("GET", "a")
        assert len(server.requests) == 2


async def test_an_increment_whose_answer_is_lost_is_applied_once(redis: Redis, upstash: RedisSettings) -> None:
    asked: list[str] = []

    def lose_the_first(exchange: Exchange) -> Fault | None:
        asked.append(exchange.name)
        return Fault(forwarded=True) if len(asked) == 1 else None

    async with FaultProxy("redis", Http(), towards(upstash), lose_the_first) as proxy:
        settings = upstash.model_copy(update={"upstash_redis_rest_url": f"http://{proxy.authority}"})
        async with Redis(settings, LocalBreaker("redis", time.monotonic)) as through:
            with pytest.raises(DependencyDown):
                await through.call("INCR", "once")
    assert asked == ["POST / INCR"]
    assert int(await redis.call("GET", "once")) == 1


async def test_a_script_that_may_be_repeated_is(redis: Redis, upstash: RedisSettings) -> None:
    asked: list[str] = []

    def lose_the_first(exchange: Exchange) -> Fault | None:
        asked.append(exchange.name)
        return Fault(forwarded=True) if len(asked) == 1 else None

    put = Script("redis.call('SET', KEYS[1], ARGV[1]) return 'put'")
    await redis.run(put, keys=["a"], args=["0"])
    async with FaultProxy("redis", Http(), towards(upstash), lose_the_first) as proxy:
        settings = upstash.model_copy(update={"upstash_redis_rest_url": f"http://{proxy.authority}"})
        async with Redis(settings, LocalBreaker("redis", time.monotonic)) as through:
            assert await through.run(put, keys=["a"], args=["1"], repeatable=True) == "put"
    assert asked == ["POST / EVALSHA"] * 2


async def test_an_unknown_script_is_taught_and_then_one_round_trip(redis: Redis, upstash: RedisSettings) -> None:
    await redis.call("SCRIPT", "FLUSH")
    asked: list[str] = []
    async with FaultProxy("redis", Http(), towards(upstash), lambda exchange: asked.append(exchange.name)) as proxy:
        settings = upstash.model_copy(update={"upstash_redis_rest_url": f"http://{proxy.authority}"})
        async with Redis(settings, LocalBreaker("redis", time.monotonic)) as through:
            for expected in (2, 4):
                assert await through.run(SUM, keys=["n"], args=[2]) == expected
    assert asked == ["POST / EVALSHA", "POST / EVAL", "POST / EVALSHA"]


GARBAGE = {
    "no result": answer(b"{}", "500 Internal Server Error"),
    "an error page": answer(b"<html>502</html>", "502 Bad Gateway", "text/html"),
    "null": answer(b"null"),
    "a list": answer(b"[]"),
    "a list of errors": answer(b'[{"error":"ERR"}]'),
    "a text": answer(b'"OK"'),
    "a number": answer(b"7"),
    "an error at the top": answer(b'{"error":"ERR no"}', "400 Bad Request"),
    "an error that is no text": answer(b'{"error":{"a":1}}'),
    "deep nesting": answer(b"[" * 100_000),
    "no JSON": answer(b"\xff\xfe\x00"),
    "nothing": answer(b""),
    "a truncated answer": b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"result":',
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "a hang-up": b"",
}


@pytest.mark.parametrize("what", list(GARBAGE))
async def test_whatever_answers_in_the_place_of_redis_is_a_redis_that_is_away(what: str) -> None:
    async with scripted(GARBAGE[what], close_after=True) as server, client_of(server.url) as redis:
        with pytest.raises(DependencyDown) as caught:
            await redis.call("GET", "a", within=1.0)
        assert caught.value.service == "redis"
        with pytest.raises(DependencyDown):
            await redis.run(SUM, keys=["a"], args=[1], within=1.0)


async def test_nobody_listening_is_a_redis_that_is_away() -> None:
    async with client_of("http://127.0.0.1:9") as redis:
        with pytest.raises(DependencyDown, match="ConnectError"):
            await redis.call("GET", "a")


OUTAGES = {
    "a used-up plan": ("400 Bad Request", "ERR max daily request limit exceeded. Limit: 1, Usage: 1"),
    "too many connections": ("400 Bad Request", "ERR max concurrent connections exceeded"),
    "a full store": ("400 Bad Request", "OOM command not allowed when used memory > 'maxmemory'."),
    "a full store in a script": ("400 Bad Request", "ERR Error running script (call to f_1): @user_script:1: -OOM no"),
    "a script that goes on": ("400 Bad Request", "BUSY Redis is busy running a script."),
    "a wrong token": ("401 Unauthorized", "Unauthorized"),
    "a wrong password": ("400 Bad Request", "WRONGPASS invalid or missing auth token"),
    "a fault of its own": ("500 Internal Server Error", "ERR internal error"),
    "a gateway": ("503 Service Unavailable", "WRONGTYPE"),
    "throttling": ("429 Too Many Requests", "ERR slow down"),
}
REFUSALS = {
    "another type": "WRONGTYPE Operation against a key holding the wrong kind of value",
    "a group that is there": "BUSYGROUP Consumer Group name already exists",
    "a word that is quoted": "ERR unknown command 'x', with args beginning with: 'LOADING' 'OOM' ",
    "a value that is too large": "ERR max request size exceeded. Limit: 1048576 bytes, Actual: 2000000 bytes",
    "our script": "ERR user_script:7: Script attempted to access nonexistent global variable 'x' script: ab",
}


def refusal(status: str, text: str) -> bytes:
    return answer(json.dumps({"error": text}).encode(), status)


@pytest.mark.parametrize("what", list(OUTAGES))
async def test_a_redis_that_serves_nobody_opens_the_breaker(what: str) -> None:
    async with scripted(refusal(*OUTAGES[what])) as server, client_of(server.url, failures=1) as redis:
        with pytest.raises(DependencyDown) as caught:
            await redis.call("GET", "a")
        assert caught.value.its_fault
        with pytest.raises(BreakerOpen):
            await redis.run(SUM, keys=["a"], args=[1])


@pytest.mark.parametrize("what", list(REFUSALS))
async def test_a_refused_command_opens_no_breaker(what: str) -> None:
    refused = refusal("400 Bad Request", REFUSALS[what])
    async with scripted(refused) as server, client_of(server.url, failures=1) as redis:
        for _ in range(2):
            with pytest.raises(DependencyDown, match="refused the command") as caught:
                await redis.call("GET", "a")
            assert not isinstance(caught.value, BreakerOpen)
            assert not caught.value.its_fault


async def test_a_script_of_ours_that_is_wrong_is_an_error_in_the_log_without_its_data(
    upstash: RedisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    """What stands in for Redis would hide it for ever."""
    wrong = Script("local a = 1\nredis.call('SET', KEYS[1], 'x')\nreturn redis.call('INCRBY', KEYS[1], ARGV[1])")
    log = logging.getLogger("wrong")
    async with Redis(upstash, LocalBreaker("redis", time.monotonic), limit=PATIENCE, log=log) as redis:
        with pytest.raises(DependencyDown):
            await redis.run(wrong, keys=["a-key"], args=["a-secret"])
        with pytest.raises(DependencyDown):
            await redis.run(Script("return nonexistent + 1"))
        await redis.call("GET", "a-key")
    assert [(record.levelname, record.message) for record in caplog.records if record.name == "wrong"] == [
        ("ERROR", "redis refused a command of ours")
    ] * 2
    said = [vars(record) for record in caplog.records if record.name == "wrong"]
    assert [(one["code"], one["script_line"]) for one in said] == [("ERR", 3), ("ERR", 1)]
    assert "a-secret" not in str(said)
    assert "a-key" not in str(said)


async def test_an_outage_is_no_error_of_ours_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with scripted(refusal(*OUTAGES["a full store"])) as server:
        settings = settings_of(server.url)
        log = logging.getLogger("outage")
        async with Redis(settings, LocalBreaker("redis", time.monotonic), limit=PATIENCE, log=log) as redis:
            with pytest.raises(DependencyDown):
                await redis.call("GET", "a")
    assert [record for record in caplog.records if record.name == "outage"] == []


async def test_connections_are_kept_between_calls() -> None:
    async with scripted(answer(b'{"result":"MQ=="}')) as server, client_of(server.url) as redis:
        for _ in range(5):
            await redis.call("GET", "a")
        assert (server.connections, len(server.requests)) == (1, 5)


async def test_a_kept_connection_that_the_server_has_closed_is_replaced() -> None:
    async with scripted(answer(b'{"result":"MQ=="}'), close_after=True) as server, client_of(server.url) as redis:
        for _ in range(3):
            await redis.call("GET", "a")
        assert (server.connections, len(server.requests)) == (3, 3)
