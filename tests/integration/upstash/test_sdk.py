"""The official client, sync and asyncio, over the same calls with the same results."""

import hashlib
from typing import Any

import pytest
from upstash_redis import Redis
from upstash_redis.asyncio import Redis as AsyncRedis
from upstash_redis.errors import UpstashError

SEVEN = "return 7"
SEVEN_SHA = hashlib.sha1(SEVEN.encode()).hexdigest()

# (method, arguments, result): each group of commands that the client has, run in this order on one database.
CALLS: list[tuple[str, tuple[Any, ...], Any]] = [
    ("ping", (), "PONG"),
    ("echo", ("é \x00 💌",), "é \x00 💌"),
    ("client_setinfo", ("LIB-NAME", "tests"), "OK"),
    ("set", ("text", "value"), True),
    ("get", ("text",), "value"),
    ("get", ("absent",), None),
    ("append", ("text", "!"), 6),
    ("setnx", ("text", "other"), False),
    ("setex", ("brief", 100, "x"), True),
    ("ttl", ("brief",), 100),
    ("incrby", ("count", 41), 41),
    ("incr", ("count",), 42),
    ("incrbyfloat", ("float", 1.5), 1.5),
    ("mset", ({"a": "1", "b": "OK"},), True),
    ("mget", ("a", "b", "absent"), ["1", "OK", None]),
    ("exists", ("a", "b", "absent"), 2),
    ("expire", ("a", 10), True),
    ("persist", ("a",), True),
    ("type", ("a",), "string"),
    ("delete", ("a", "b"), 2),
    ("hset", ("hash", "field", "1"), 1),
    ("hset", ("hash", None, None, {"other": "2"}), 1),
    ("hgetall", ("hash",), {"field": "1", "other": "2"}),
    ("hincrby", ("hash", "field", 2), 3),
    ("hmget", ("hash", "field", "absent"), ["3", None]),
    ("hexists", ("hash", "field"), True),
    ("rpush", ("list", "a", "b", "c"), 3),
    ("lrange", ("list", 0, -1), ["a", "b", "c"]),
    ("lpop", ("list",), "a"),
    ("sadd", ("set", "a", "b"), 2),
    ("smismember", ("set", "a", "x"), [True, False]),
    ("zadd", ("sorted", {"a": 1, "b": 2.5}), 2),
    ("zrange", ("sorted", 0, -1), ["a", "b"]),
    ("zrange", ("sorted", 0, -1, None, False, None, None, True), [("a", 1.0), ("b", 2.5)]),
    ("zscore", ("sorted", "b"), 2.5),
    ("zincrby", ("sorted", 1, "a"), 2.0),
    ("pfadd", ("hyperloglog", "a"), True),
    ("setbit", ("bits", 7, 1), 0),
    ("bitcount", ("bits",), 1),
    ("geoadd", ("geo", (13.361389, 38.115556, "Palermo")), 1),
    ("xadd", ("stream", "1-1", {"a": "b"}), "1-1"),
    ("xlen", ("stream",), 1),
    ("xrange", ("stream", "-", "+"), [["1-1", ["a", "b"]]]),
    ("publish", ("channel", "message"), 0),
    ("eval", ("return {KEYS[1], ARGV[1], 3}", ["k"], ["v"]), ["k", "v", 3]),
    ("script_load", (SEVEN,), SEVEN_SHA),
    ("evalsha", (SEVEN_SHA,), 7),
    ("scan", (0, "te?t", 1000), (0, ["text"])),
    ("keys", ("te*",), ["text"]),
    ("dbsize", (), 12),
    ("flushdb", (), True),
    ("dbsize", (), 0),
]


def test_sync_calls(redis_client: Redis) -> None:
    for method, arguments, expected in CALLS:
        assert (method, getattr(redis_client, method)(*arguments)) == (method, expected)


async def test_asyncio_calls(async_redis: AsyncRedis) -> None:
    for method, arguments, expected in CALLS:
        assert (method, await getattr(async_redis, method)(*arguments)) == (method, expected)


@pytest.mark.parametrize("encoding", ["base64", None])
@pytest.mark.parametrize("kind", ["pipeline", "multi"])
def test_sync_batches_with_and_without_base64(redis_client: Redis, kind: str, encoding: Any) -> None:
    with Redis(redis_client._url, "local-token", rest_encoding=encoding, rest_retries=0) as client:
        batch = getattr(client, kind)()
        batch.set("a", "é").incr("n").get("a").get("absent").hset("h", "f", "v").hgetall("h")
        assert batch.exec() == [True, 1, "é", None, 1, {"f": "v"}]


@pytest.mark.parametrize("kind", ["pipeline", "multi"])
async def test_asyncio_batches(async_redis: AsyncRedis, kind: str) -> None:
    batch = getattr(async_redis, kind)()
    batch.set("a", "é").incr("n").get("a").get("absent").hset("h", "f", "v").hgetall("h")
    assert await batch.exec() == [True, 1, "é", None, 1, {"f": "v"}]


def test_a_set_that_did_not_set_says_so(redis_client: Redis) -> None:
    answers: list[Any] = [
        redis_client.set("lock", "mine", nx=True, px=10_000),
        redis_client.set("lock", "other", nx=True),
        redis_client.set("lock", "third", get=True),
    ]
    assert answers == [True, False, "mine"]


def test_errors_reach_the_caller_with_their_code(redis_client: Redis) -> None:
    redis_client.set("text", "value")
    with pytest.raises(UpstashError, match=r"^WRONGTYPE "):
        redis_client.lpush("text", "a")
    with pytest.raises(UpstashError, match=r"^ERR Command is not available: 'BLPOP'"):
        redis_client.execute(["BLPOP", "list", "0"])


def test_the_client_hands_its_last_sync_token_back(redis_client: Redis) -> None:
    redis_client.set("a", "b")
    first = redis_client._sync_token
    assert redis_client.get("a") == "b"
    assert first
    assert redis_client._sync_token not in {"", first}


async def test_large_values_and_batches_pass(async_redis: AsyncRedis) -> None:
    large = "é" * 600_000
    batch = async_redis.pipeline()
    for number in range(500):
        batch.set(f"key:{number}", str(number))
    batch.set("large", large).get("large")
    answers = await batch.exec()
    assert answers == [True] * 501 + [large]
