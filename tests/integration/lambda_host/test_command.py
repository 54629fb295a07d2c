"""`python -m infra.local.lambda_host`: what it says, what it obeys, and what it leaves behind when it is killed."""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.processes import Child, StartError, module, start

Until = Callable[[Callable[[], object]], Awaitable[None]]
Alive = Callable[[int], bool]
SERVERLESS = """
service: demo
provider: {name: aws, runtime: python3.13, region: eu-west-1}
functions:
  api:
    handler: behaviours.environment
    environment: {JOB_URL: !GetAtt JobUnderscoreoneLambdaFunctionUrl.FunctionUrl}
    events: [{httpApi: "*"}]
  job_one:
    handler: behaviours.process
    url: true
    environment: {APP_URL: !GetAtt HttpApi.ApiEndpoint}
"""


class Command:
    def __init__(self, child: Child) -> None:
        self.child = child
        self.admin = f"http://127.0.0.1:{child.port}/local"
        self.where: dict[str, Any] = httpx.get(f"{self.admin}/addresses", timeout=30).json()


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    shutil.copytree(Path(__file__).parent / "root", tmp_path / "root")
    (tmp_path / "root/serverless.yml").write_text(SERVERLESS)
    options = ["--root", str(tmp_path / "root"), "--log-dir", str(tmp_path / "logs")]
    child = start("lambda_host", module("infra.local.lambda_host", *options), log_dir=tmp_path)
    yield Command(child)
    child.stop()


async def test_it_says_where_everything_is(command: Command) -> None:
    ready, where = command.child.log.read_text().splitlines()
    assert ready == f"ready {command.child.port}"
    assert json.loads(where) == command.where
    assert command.where["admin"] == f"http://127.0.0.1:{command.child.port}"


async def test_functions_are_told_each_others_addresses(command: Command) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        told = (await client.get(command.where["api"])).json()
    assert told["environment"]["JOB_URL"] == command.where["functions"]["job_one"]
    assert told["environment"]["AWS_REGION"] == "eu-west-1"


async def test_the_admin_port_lists_processes_and_changes_environments(command: Command) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        await client.get(command.where["api"])
        listed = (await client.get(f"{command.admin}/functions")).json()
        assert [(one["state"], one["invocations"]) for one in listed["api"]] == [("idle", 1)]
        assert listed["job_one"] == []
        assert (await client.post(f"{command.admin}/functions/none/overrides", json={})).status_code == 404
        # A page may POST to loopback without asking; its browser then names its origin.
        page = {"Origin": "https://evil.example"}
        assert (await client.post(f"{command.admin}/reload", headers=page)).status_code == 403
        given = await client.post(f"{command.admin}/functions/api/overrides", json={"JOB_URL": "elsewhere"})
        assert given.status_code == 204
        told = (await client.get(command.where["api"])).json()
    assert told["environment"]["JOB_URL"] == "elsewhere"


async def test_sighup_renews_the_processes(command: Command, until: Until, alive: Alive) -> None:
    url = command.where["functions"]["job_one"]
    async with httpx.AsyncClient(timeout=30) as client:
        before = (await client.get(url)).json()["pid"]
        os.kill(command.child.pid, signal.SIGHUP)
        await until(lambda: not alive(before))
        assert (await client.get(url)).json()["pid"] != before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_no_process_outlives_the_host(
    command: Command, until: Until, alive: Alive, number: signal.Signals
) -> None:
    """One idle, and so frozen, and one at work."""
    url = command.where["functions"]["job_one"]
    async with httpx.AsyncClient(timeout=30) as client:
        busy = [asyncio.create_task(client.get(f"{url}?sleep={seconds}")) for seconds in (20, 0.2)]
        idle = (await busy[1]).json()["pid"]
        listed = (await client.get(f"{command.admin}/functions")).json()
        pids = [one["pid"] for one in listed["job_one"]]
        assert idle in pids
        assert len(pids) == 2
        os.kill(command.child.pid, number)
        await until(lambda: not any(alive(pid) for pid in pids))
        await asyncio.gather(*busy, return_exceptions=True)


def test_a_service_that_cannot_be_followed_is_one_line_and_a_failure(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text(SERVERLESS.replace("url: true", "vpc: {}"))
    with pytest.raises(StartError) as caught:
        start("lambda_host", module("infra.local.lambda_host", "--root", str(tmp_path)), log_dir=tmp_path)
    assert caught.value.status == 1
    assert caught.value.tail.startswith("functions.job_one.vpc: not known here")
    assert caught.value.tail.count("\n") == 1
