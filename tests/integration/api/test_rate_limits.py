"""Whoever asks for mails too often is told when to come again; without Redis nobody is mailed."""

import asyncio
import time

import pytest
from pydantic import SecretStr

from shared.breakers import LocalBreaker
from shared.config import RedisSettings
from shared.errors import DependencyDown
from shared.rate_limits import Limit, RateLimits, RedisRateLimits
from shared.redis import Redis
from tests.integration.api.front import Front, Phone, kind

ASKING = "/v1/auth/magic-links"


async def test_an_address_is_mailed_five_times_a_quarter_of_an_hour(front: Front) -> None:
    """From wherever it is asked for."""
    statuses = []
    for n in range(6):
        async with front.browser(address=f"198.51.100.{n}") as browser:
            last = await browser.post(ASKING, json={"email": "Ada@example.com"})
            statuses.append(last.status_code)
    assert statuses == [202] * 5 + [429]
    assert kind(last) == "too-often"
    assert 1 <= int(last.headers["retry-after"]) <= 900
    assert await front.database.runs.count_documents({}) == 5


async def asked_30_times(front: Front, address: str) -> list[int]:
    async with front.browser(address=address) as browser:
        return [(await browser.post(ASKING, json={"email": f"{n}@example.com"})).status_code for n in range(30)]


class Counted(RateLimits):
    """Who was counted, by the name of the limit."""

    def __init__(self) -> None:
        self.who: list[tuple[str, str]] = []

    async def wait(self, limit: Limit, who: str) -> int:
        self.who.append((limit.name, who))
        return 0


async def test_a_client_is_counted_by_what_aws_says_and_never_by_what_it_says_itself(front: Front) -> None:
    counted = Counted()
    front.change(limits=counted)
    spoofed = {"X-Forwarded-For": "203.0.113.9", "X-Real-Ip": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    for address in ("198.51.100.7", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::1", "::ffff:198.51.100.7", "nonsense"):
        async with front.browser(address=address, headers=spoofed) as browser:
            assert (await browser.post(ASKING, json={"email": "ada@example.com"})).status_code == 202
    clients = [who for name, who in counted.who if name == "sign-in of a client"]
    assert clients == ["198.51.100.7", *["2001:db8:1:2::/64"] * 2, "198.51.100.7", "unknown"]


async def test_a_client_asks_thirty_times_in_ten_minutes(front: Front) -> None:
    assert await asked_30_times(front, "2001:db8::1") == [202] * 30
    async with front.browser(address="2001:db8::2") as neighbour:
        response = await neighbour.post(ASKING, json={"email": "last@example.com"})
    assert response.status_code == 429
    assert 1 <= int(response.headers["retry-after"]) <= 600


async def test_without_redis_nobody_is_mailed(front: Front) -> None:
    nowhere = RedisSettings(
        stage="local", upstash_redis_rest_url="http://127.0.0.1:9", upstash_redis_rest_token=SecretStr("x")
    )
    async with Redis(nowhere, LocalBreaker("redis", time.monotonic)) as client:
        front.change(limits=RedisRateLimits(client, front.services.world.now))
        async with front.browser() as browser:
            response = await browser.post(ASKING, json={"email": "ada@example.com"})
    assert (response.status_code, kind(response)) == (503, "unavailable")
    assert int(response.headers["retry-after"]) >= 1
    assert "redis" not in response.text.lower()
    assert await front.database.runs.count_documents({}) == 0


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 502 Bad\r\nContent-Length: 3\r\n\r\n<h>", b"HTTP/1.1 500 E\r\nContent-Length: 2\r\n\r\n{}"]
)
async def test_a_redis_that_answers_nonsense_is_away(front: Front, phone: Phone, answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10_000)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    settings = RedisSettings(stage="local", upstash_redis_rest_url=url, upstash_redis_rest_token=SecretStr("x"))
    async with server, Redis(settings, LocalBreaker("redis", time.monotonic)) as client:
        limits = RedisRateLimits(client, front.services.world.now)
        with pytest.raises(DependencyDown):
            await limits.wait(Limit("x", 1, 1), "somebody")


async def test_redis_holds_no_address(front: Front, phone: Phone) -> None:
    await phone.post(ASKING, json={"email": "ada@example.com"})
    limits = front.services.limits
    assert isinstance(limits, RedisRateLimits)
    keys = await limits._redis.call("KEYS", "*")
    assert len(keys) == 2
    assert not [key for key in keys if "ada" in key or "198.51" in key]
