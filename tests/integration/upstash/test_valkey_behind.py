"""How the REST server lives with the Valkey behind it: many at once, restarts, absence."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import httpx
from upstash_redis.asyncio import Redis as AsyncRedis

from infra.local import processes
from infra.local.servers import redis


async def test_transactions_on_one_key_do_not_interleave(async_redis: AsyncRedis) -> None:
    async def move(number: int) -> Sequence[object]:
        transaction = async_redis.multi()
        transaction.set("owner", str(number)).incr("count").get("owner")
        return await transaction.exec()

    answers = await asyncio.gather(*(move(number) for number in range(60)))
    assert [owner for _, _, owner in answers] == [str(number) for number in range(60)]
    assert {count for _, count, _ in answers} == set(range(1, 61))


def test_a_restart_of_valkey_is_an_error_while_it_is_away_and_no_more(tmp_path: Path) -> None:
    behind = redis.start(tmp_path / "data", log_dir=tmp_path)
    argv = processes.module("infra.local.upstash", "--redis", behind.address, "--token", "t")
    child = processes.start("upstash", argv, log_dir=tmp_path)
    with httpx.Client(base_url=f"http://127.0.0.1:{child.port}", params={"_token": "t"}, trust_env=False) as http:
        assert http.get("/set/key/value").json() == {"result": "OK"}
        behind.kill()
        away = http.get("/get/key")
        assert away.status_code == 503
        assert away.json()["error"].startswith("ERR the database behind this server does not answer")
        behind = redis.start(tmp_path / "data", log_dir=tmp_path, port=behind.port)
        assert http.get("/get/key").json() == {"result": "value"}
        behind.kill()
        behind = redis.start(tmp_path / "data", log_dir=tmp_path, port=behind.port)
        assert http.get("/get/key").json() == {"result": "value"}  # the kept connection was dead: nobody notices
    child.stop()
    behind.kill()
