"""The relay's Lambda, wired as it is deployed, called by its schedule."""

import asyncio
import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient

from functions.relay_jobs.contract import CONTRACT
from functions.relay_jobs.handler import handler as deployed
from functions.relay_jobs.handler import wire
from functions.send_email.contract import SendEmail, SignInMail
from infra.local.ports import free_ports
from shared.handler import JobHandler
from shared.process import Process
from tests.support.desk import KEY, NEXT_KEY, signed_event


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 120_000


@pytest.fixture
def runs(mongodb_uri: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The collection that the function works on; its QStash is away."""
    name = f"test_{secrets.token_hex(6)}"
    [port] = free_ports(1)
    environment = {
        "STAGE": "dev",
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": name,
        "QSTASH_URL": f"http://127.0.0.1:{port}",
        "QSTASH_TOKEN": "a-token",
        "QSTASH_CURRENT_SIGNING_KEY": KEY,
        "QSTASH_NEXT_SIGNING_KEY": NEXT_KEY,
        "FAILURE_CALLBACK_URL": "https://callback",
        "JOB_URL_SEND_EMAIL": "https://send-email",
    }
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        yield client[name].runs
        client.drop_database(name)


def test_a_turn_is_a_cron_that_is_done_even_while_qstash_is_away(runs: Any) -> None:
    payload = SendEmail(mail=SignInMail(to="a@example.com", kid="k", minutes=15, requested_at="2026-11-23T10:00:00Z"))
    base = {"job": "send_email", "version": 1, "owner": "o", "payload": payload.model_dump_json(), "state": "pending"}
    counts = dict.fromkeys(["leg", "epoch", "tries", "fence", "created", "not_before", "look_at"], 0)
    runs.insert_one({"_id": "r1", **base, **counts, "ends_by": 1 << 50})
    handler = JobHandler(
        CONTRACT,
        deployed.work,
        contracts=dict,
        services=wire,
        alert=lambda _: _nobody,
        process=Process("relay_jobs"),
    )

    answer = handler(signed_event(b""), Context())

    handler._process.database.client.close()
    handler._process.loop.close()
    asyncio.set_event_loop(None)
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"outcome": "succeeded"})
    turn = runs.find_one({"_id": "cron:relay_jobs"})
    assert json.loads(turn["result"]) == {"handed_over": 0}
    assert (runs.find_one({"_id": "r1"})["state"], runs.find_one({"_id": "r1"})["looks"]) == ("pending", 1)


async def _nobody(*_: object) -> None:
    raise AssertionError("nothing failed")
