"""A deployment on this machine: the bundle and the job `greet` under AWS's runtime client, driven by the local QStash.

Each function is updated by itself, as CloudFormation does, in any order. The job is started in the test's process
(publishing.py), because the API takes a second to begin.
"""

import asyncio
import json
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from infra.local.lambda_host import HostSettings, LambdaHost
from infra.local.lambda_host.doors import Doors
from infra.local.serverless import Addresses, FunctionSpec, Service, read_service
from shared.database import Database
from tests.integration.changing.publishing import JOB, Starter, starting
from tests.integration.changing.trees import ROOT, plant
from tests.integration.qstash.server import Server

WAYS: Final = ("at once", "stumbling", "at length")
LOAD: Final = len(WAYS) * (20 if os.environ.get("MILLRACE_SOAK") else 1)
"""Runs that are started in each phase of a change."""
FINAL: Final = ["succeeded", "failed", "cancelled"]
PATIENCE: Final = 80.0
LOOKED: Final = 0.2
RELAYED: Final = 2.0
"""Seconds between two turns of the relay, while something is waited for."""


@dataclass
class Deployment:
    host: LambdaHost
    qstash: Server
    database: Database
    trees: Mapping[str, Path]
    logs: Path
    roots: dict[str, Path]
    """What the host runs each function from."""
    environment: Mapping[str, str]
    """What the stage file was given."""
    starter: Starter
    changed: dict[str, dict[str, str]] = field(default_factory=dict)
    """Variables that deploys have changed since, by function."""
    accepted: dict[str, str] = field(default_factory=dict)
    """The runs by their ids, and the name that each is to greet."""

    async def deploy(self, function: str, version: str | None = None, **environment: str) -> None:
        """Its next processes run this version, with these variables in place of its own; those at work finish first."""
        if version:
            self.roots[function] = self.trees[version]
        self.changed.setdefault(function, {}).update(environment)
        await self.host.override(function, self.changed[function])

    @asynccontextmanager
    async def started_by(self, version: str, **environment: str) -> AsyncIterator[None]:
        """Meanwhile whoever publishes has this version, and these variables."""
        before, given = self.starter, {**self.environment, **environment}
        async with starting(version, self.database, given, self.host.addresses.functions) as self.starter:
            yield
        self.starter = before

    async def ask(self) -> Sequence[str]:
        """Start runs of each way; their ids."""
        started = []
        for number in range(len(self.accepted), len(self.accepted) + LOAD):
            name = f"Ada{number} van Dam{number}"
            started.append(await self.starter.start(name, WAYS[number % len(WAYS)]))
            self.accepted[started[-1]] = name
        return started

    async def until(self, there: Callable[[Mapping[str, Any]], bool], runs: Sequence[str]) -> list[dict[str, Any]]:
        """The records of the runs, once something is true of each; meanwhile the relay has its turns."""
        clock = asyncio.get_running_loop().time
        ends, turn = clock() + PATIENCE, clock() + RELAYED
        while clock() < ends:
            found = await self.database.runs.find({"_id": {"$in": list(runs)}}).to_list(None)
            if len(found) == len(runs) and all(map(there, found)):
                return found
            if clock() >= turn:
                await self.relay()
                turn = clock() + RELAYED
            await asyncio.sleep(LOOKED)
        states = Counter((run["state"], run.get("reason")) for run in found)
        raise AssertionError(f"not within {PATIENCE:g} s: {states}")

    async def relay(self) -> None:
        """One turn, by a signed message as its schedule sends it; what is due by the clock is due now."""
        await self.database.runs.update_many({"state": {"$nin": [*FINAL, "running"]}}, {"$set": {"look_at": 0}})
        await self.publish("relay_jobs", b"")

    async def publish(self, function: str, body: bytes) -> None:
        url = self.host.addresses.functions[function]
        await asyncio.to_thread(self.qstash.call, "POST", f"/v2/publish/{url}", content=body)

    async def all_greeted_once(self) -> list[dict[str, Any]]:
        """Every run that was accepted has succeeded with the right value, and its effect has happened once."""
        runs = await self.until(lambda run: run["state"] in FINAL, list(self.accepted))
        ends = {run["_id"]: (run["state"], json.loads(run.get("result") or "null")) for run in runs}
        assert ends == {run: ("succeeded", f"Hello, {name}") for run, name in self.accepted.items()}
        effects = await self.database.greetings.find({}).to_list(None)
        assert {one["_id"]: (one["greeting"], one["times"]) for one in effects} == {
            run: (f"Hello, {name}", 1) for run, name in self.accepted.items()
        }
        return runs

    def answers(self, function: str = JOB) -> Counter[str]:
        """How its deliveries were answered so far, by one word each."""
        log = self.logs / f"{function}.log"
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
        told = [json.loads(line) for line in lines if line.startswith("{")]
        return Counter(line["outcome"] for line in told if "outcome" in line)


def specs(service: Service, addresses: Addresses) -> list[FunctionSpec]:
    """What serverless.yml declares, and the job, as if it had an entry there."""
    url = {"JOB_URL_GREET": addresses.functions[JOB]}
    declared = {spec.name: replace(spec, environment={**spec.environment, **url}) for spec in service.specs(addresses)}
    # One process is enough: QStash calls back again where it is turned away.
    declared["record_failure"] = replace(declared["record_failure"], reserved_concurrency=1)
    greet = replace(
        declared["send_webhook"],
        name=JOB,
        handler=f"functions.{JOB}.handler.handler",
        environment=declared["relay_jobs"].environment,
        deployed_name=f"millrace-local-{JOB}",
    )
    return [*declared.values(), greet]


@asynccontextmanager
async def deployed(
    folder: Path, version: str, *, database: Database, qstash: Server, environment: Mapping[str, str]
) -> AsyncIterator[Deployment]:
    trees = {name: plant(folder, name) for name in ("one", "between", "two")}
    service = read_service(ROOT / "serverless.yml", stage="local", env=environment)
    roots = dict.fromkeys([*service.entries, JOB], trees[version])
    doors = Doors.bind([*service.urls, JOB])
    settings = HostSettings(root=trees[version], log_dir=folder, roots=roots, init_timeout=60)
    async with (
        LambdaHost(specs(service, doors.addresses), settings, doors) as host,
        starting(version, database, environment, doors.addresses.functions) as starter,
    ):
        yield Deployment(host, qstash, database, trees, folder, roots, environment, starter)
