"""`python -m infra.local.lambda_host`: what it says, what it obeys, and what it leaves behind when it is killed."""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

REPOSITORY = Path(__file__).parents[3]
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
    def __init__(self, process: asyncio.subprocess.Process, where: dict[str, Any]) -> None:
        self.process = process
        self.where = where


@pytest.fixture
async def command(tmp_path: Path) -> AsyncIterator[Command]:
    shutil.copytree(Path(__file__).parent / "root", tmp_path / "root")
    (tmp_path / "root/serverless.yml").write_text(SERVERLESS)
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "infra.local.lambda_host", "--root", str(tmp_path / "root")],
        *["--log-dir", str(tmp_path / "logs")],
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout
        word, _, rest = (await process.stdout.readline()).decode().partition(" ")
        assert word == "ready"
        yield Command(process, json.loads(rest))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        process._transport.close()  # type: ignore[attr-defined]  # asyncio offers no other way to close its pipe


async def test_functions_are_told_each_others_addresses(command: Command) -> None:
    async with httpx.AsyncClient() as client:
        told = (await client.get(command.where["api"])).json()
    assert told["environment"]["JOB_URL"] == command.where["functions"]["job_one"]
    assert told["environment"]["AWS_REGION"] == "eu-west-1"


async def test_the_admin_port_lists_processes_and_changes_environments(command: Command) -> None:
    admin = command.where["admin"]
    async with httpx.AsyncClient() as client:
        await client.get(command.where["api"])
        listed = (await client.get(f"{admin}/local/functions")).json()
        assert [(one["state"], one["invocations"]) for one in listed["api"]] == [("idle", 1)]
        assert listed["job_one"] == []
        assert (await client.post(f"{admin}/local/functions/none/overrides", json={})).status_code == 404
        given = await client.post(f"{admin}/local/functions/api/overrides", json={"JOB_URL": "elsewhere"})
        assert given.status_code == 204
        told = (await client.get(command.where["api"])).json()
    assert told["environment"]["JOB_URL"] == "elsewhere"


async def test_sighup_renews_the_processes(command: Command) -> None:
    url = command.where["functions"]["job_one"]
    async with httpx.AsyncClient() as client:
        before = (await client.get(url)).json()["pid"]
        command.process.send_signal(signal.SIGHUP)
        async with asyncio.timeout(5):
            while _runs(before):
                await asyncio.sleep(0.01)
        assert (await client.get(url)).json()["pid"] != before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_no_process_outlives_the_host(command: Command, number: signal.Signals) -> None:
    """One idle, and so frozen, and one at work."""
    url = command.where["functions"]["job_one"]
    async with httpx.AsyncClient() as client:
        busy = [asyncio.create_task(client.get(f"{url}?sleep={seconds}")) for seconds in (20, 0.2)]
        idle = (await busy[1]).json()["pid"]
        listed = (await client.get(f"{command.where['admin']}/local/functions")).json()
        pids = [one["pid"] for one in listed["job_one"]]
        assert idle in pids
        assert len(pids) == 2
        command.process.send_signal(number)
        await command.process.wait()
        async with asyncio.timeout(5):
            while any(_runs(pid) for pid in pids):
                await asyncio.sleep(0.01)
        await asyncio.gather(*busy, return_exceptions=True)


async def test_a_service_that_cannot_be_followed_is_one_line_and_a_failure(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text(SERVERLESS.replace("timeout", "").replace("url: true", "vpc: {}"))
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "infra.local.lambda_host", "--root", str(tmp_path)],
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, stderr = await process.communicate()
    assert process.returncode == 1
    assert stderr.decode().startswith("functions.job_one.vpc: not known here")
    assert stderr.count(b"\n") == 1


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
