"""What a job still lacks in serverless.yml, in words: the rules that hold for every folder with a contract.py.

missing(ROOT, contracts()) == []
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.local.serverless import Addresses, FunctionSpec, Schedule, load_document, read_service
from shared.contract import Contract

RELAY: Final = "relay_jobs"
API: Final = "api"
SERVICES: Final = ("MONGODB_URI", "UPSTASH_REDIS_REST_URL", "QSTASH_URL", "RESEND_API_URL", "STORAGE_ENDPOINT")


@dataclass(frozen=True, slots=True)
class Deployment:
    """serverless.yml of one tree: as it is written, and as the functions would get it."""

    root: Path
    document: Mapping[str, Any]
    specs: Mapping[str, FunctionSpec]
    schedules: Mapping[str, Schedule]

    @property
    def job_urls(self) -> Mapping[str, Any]:
        return self.document["custom"].get("jobUrls") or {}

    def starts(self, job: str) -> list[str]:
        """The functions that may start `job`."""
        variable = f"JOB_URL_{job.upper()}"
        return [name for name, spec in self.specs.items() if spec.environment.get(variable) == url_of(job)]


def url_of(job: str) -> str:
    return f"https://{job}/"


def deployment(root: Path) -> Deployment:
    """What serverless.yml in `root` says, with made-up addresses."""
    path = root / "serverless.yml"
    document = load_document(path)
    service = read_service(path, stage="local", env=dict.fromkeys(SERVICES, "http://service"))
    urls = {url["Fn::GetAtt"][0]: job for job, url in (document["custom"].get("jobUrls") or {}).items()}
    where = Addresses("https://api", {name: url_of(name) for name in {*service.urls, *urls.values()}})
    return Deployment(root, document, {spec.name: spec for spec in service.specs(where)}, service.schedules)


def missing(root: Path, contracts: Mapping[str, Contract[Any]]) -> list[str]:
    """One line for everything that a job lacks or that contradicts its contract."""
    deployed = deployment(root)
    return [f"{job}: {fault}" for job, contract in contracts.items() for fault in _faults(job, contract, deployed)]


def _faults(job: str, contract: Contract[Any], deployed: Deployment) -> Iterator[str]:
    yield from contract.faults()
    if not defines(deployed.root / "functions" / job / "handler.py", "handler"):
        yield f"functions/{job}/handler.py has no `handler`"
    spec = deployed.specs.get(job)
    if spec is None:
        yield "no entry under `functions` in serverless.yml"
        return
    yield from _entry_faults(job, contract, spec)
    yield from (_cron_faults if contract.singleton else _publishing_faults)(job, contract, deployed)


def _entry_faults(job: str, contract: Contract[Any], spec: FunctionSpec) -> Iterator[str]:
    if spec.handler != f"functions.{job}.handler.handler":
        yield f"its handler is {spec.handler}, not functions.{job}.handler.handler"
    if not spec.has_url:
        yield "no `url: true`: QStash could not call it"
    if spec.timeout != contract.timeout:
        yield f"timeout is {spec.timeout:g} in serverless.yml and {contract.timeout:g} in its contract"
    for variable in ("MONGODB_URI", "QSTASH_CURRENT_SIGNING_KEY", "QSTASH_NEXT_SIGNING_KEY"):
        if variable not in spec.environment:
            yield f"its environment has no {variable}"
    at_a_time = contract.flow_control.parallelism if contract.flow_control else None
    if spec.reserved_concurrency is None:
        yield "no reservedConcurrency: a flood of it could take the whole account"
    elif at_a_time is not None and spec.reserved_concurrency < at_a_time:
        yield f"reservedConcurrency {spec.reserved_concurrency} is under its flow control's parallelism {at_a_time}"


def _publishing_faults(job: str, contract: Contract[Any], deployed: Deployment) -> Iterator[str]:
    if job not in deployed.job_urls:
        yield "no line in custom.jobUrls"
        return
    starts = deployed.starts(job)
    if RELAY not in starts:
        yield f"{RELAY} has no JOB_URL_{job.upper()}: a run that was not handed over would wait for ever"
    if contract.public is not None and API not in starts:
        yield f"it has a public face, and {API} has no JOB_URL_{job.upper()}"
    if not set(starts) - {RELAY, job}:
        yield f"nobody but {RELAY} has its JOB_URL_{job.upper()}: nothing could start it"


def _cron_faults(job: str, _: Contract[Any], deployed: Deployment) -> Iterator[str]:
    if job not in {schedule.function for schedule in deployed.schedules.values()}:
        yield "a cron without a line in custom.schedules"
    if job in deployed.job_urls:
        yield "a cron is called by its schedule alone; custom.jobUrls names it"


def defines(module: Path, name: str) -> bool:
    """Whether a module says what `name` is, as can be seen without importing it."""
    if not module.is_file():
        return False
    said: set[str] = set()
    for node in ast.parse(module.read_text("utf-8")).body:
        match node:
            case ast.FunctionDef(name=defined) | ast.AsyncFunctionDef(name=defined):
                said.add(defined)
            case ast.Assign(targets=[ast.Name(id=defined)]) | ast.AnnAssign(target=ast.Name(id=defined)):
                said.add(defined)
    return name in said
