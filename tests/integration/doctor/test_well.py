"""A whole stack that is well: the command says so, of everything, and leaves nothing behind."""

from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from infra.local.servers import bucket
from infra.local.stack import Stack
from shared.config import StorageSettings
from shared.health import STORAGE_KEY
from tests.integration.doctor.ward import Ward
from tests.support.open_storage import open_storage

ADDRESS = "ann@example.com"
UNTOLD = "mongodb connections"
"""Not every MongoDB tells its limit: the local server does not."""


@pytest.mark.timeout(240)  # with the cold starts of all functions at once
async def test_everything_is_tried_and_well_and_each_function_has_verified_its_message(
    ward: Ward, stack: Stack
) -> None:
    code, said = await ward.typed("--mail", ADDRESS)

    states = {one["check"]: one["state"] for one in said["checks"]}
    assert [one for one in said["checks"] if one["state"] == "fail"] == []
    assert (code, said["stage"], said["well"]) == (0, "local", True)
    assert {name for name, state in states.items() if state == "not tried"} - {UNTOLD} == {"aws"}
    functions = {name: one["seen"] for one in said["checks"] if (name := one["check"]).startswith("function ")}
    assert functions == {f"function {name}": "verified" for name in stack.urls.functions}

    await _nothing_is_left(stack)


async def _nothing_is_left(stack: Stack) -> None:
    client: MongoClient[dict[str, Any]] = MongoClient(stack.urls.mongodb)
    with client:
        database = client[stack.environment.get("MONGODB_DATABASE", "millrace_local")]
        assert database.health.count_documents({"_id": {"$regex": "^doctor"}}) == 0
        assert database.deliveries.count_documents({}) == database.rejections.count_documents({}) == 0
    settings: StorageSettings = bucket.settings(stack.urls.storage)
    with open_storage(settings) as storage:
        assert [one.key for one in (await storage.page(f"{STORAGE_KEY}-"))[0]] == []
    bearer = {"authorization": f"Bearer {DEVELOPMENT_TOKEN}"}
    async with httpx.AsyncClient(headers=bearer, trust_env=False, timeout=30) as http:
        events = (await http.get(f"{stack.urls.qstash}/v2/events", params={"label": "doctor"})).json()["events"]
        mails = (await http.get(f"{stack.urls.resend}/emails")).json()["data"]
    published, ended = (
        [event["messageId"] for event in events if event["state"] in states]
        for states in ({"CREATED"}, {"DELIVERED", "FAILED", "CANCELED"})
    )
    assert sorted(published) == sorted(ended)
    assert [mail["to"] for mail in mails] == [[ADDRESS]]
