"""As a server lives it: a key with a webhook, a job by that key, and the signed word of how it ended.

The API, the jobs and send_webhook are real Lambda processes here, and QStash calls them.
"""

from pathlib import Path
from typing import Any

import httpx
import pytest

from functions.api.keys import create_key
from shared.clock import World
from shared.database import Database
from tests.support.crash.bench import Bench, open_bench
from tests.support.inbox import Came, Inbox

pytestmark = [pytest.mark.xdist_group("stack of files"), pytest.mark.timeout(120)]

TABLE = {
    "kind": "table",
    "title": "Invoice",
    "number": "2026-7",
    "issued": "2026-11-30",
    "seller": ["Mill"],
    "buyer": ["Ada"],
    "currency": "EUR",
    "items": [{"what": "Flour", "price": "3.50"}],
}


async def test_a_server_is_told_how_what_it_started_has_ended(
    database: Database, mongodb_uri: str, tmp_path: Path, inbox: Inbox
) -> None:
    async with open_bench("generate_pdf", database, mongodb_uri, tmp_path, by_hand=False) as bench:
        key = await key_with_webhook(bench, inbox)
        server = {"Authorization": f"Bearer {key['key']}"}
        made = await called(bench, "/v1/jobs/generate_pdf", TABLE, server)
        failed = await called(bench, "/v1/jobs/generate_pdf", {"kind": "report", "document": "nowhere"}, server)
        came = await inbox.wait_for(2)
        said = {told["data"]["id"]: told for told in (one.verified(key["webhook_secret"]) for one in came)}
        seen = {run: (await bench.client.get(f"{bench.api}/v1/jobs/{run}", headers=server)).json() for run in said}

    assert said.keys() == {made["job"], failed["job"]}
    assert said[made["job"]]["type"] == "job.succeeded"
    assert said[failed["job"]]["type"] == "job.failed"
    for run, told in said.items():
        assert {name: told["data"][name] for name in ("state", "reason", "result", "error")} == {
            name: seen[run][name] for name in ("state", "reason", "result", "error")
        }
    assert all(_thin(one) for one in came)


async def key_with_webhook(bench: Bench, inbox: Inbox) -> dict[str, Any]:
    operator = await create_key(bench.database, name="ops", scopes={"operator"}, by="test", world=World())
    asked = {"name": "billing", "scopes": ["jobs:write", "jobs:read"], "webhook": inbox.url}
    return await called(bench, "/v1/api-keys", asked, {"Authorization": f"Bearer {operator.key}"})


async def called(bench: Bench, path: str, asked: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    answer: httpx.Response = await bench.client.post(f"{bench.api}{path}", json=asked, headers=headers)
    assert answer.is_success, answer.text
    told: dict[str, Any] = answer.json()
    return told


def _thin(came: Came) -> bool:
    return b"Flour" not in came.body and len(came.body) < 2000
