"""A deployed stage to examine, of which nothing is there but what a test puts there."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import httpx

from infra.commands.running import CommandProcess
from infra.commands.stage import ROOT
from infra.doctor.aws import Aws
from infra.doctor.examining import examined
from infra.doctor.model import Check, Finding
from infra.doctor.patient import Patient
from infra.local.serverless import Service, read_service
from shared.config import Stage
from shared.errors import DependencyDown
from tests.unit.doctor.fake_aws import REGION, NobodyIsSignedIn

Answers = Mapping[tuple[str, str], httpx.Response | Callable[[Mapping[str, Any]], httpx.Response]]
"""By the method and a part of the URL."""


@cache
def service(stage: Stage) -> Service:
    return read_service(ROOT / "serverless.yml", stage=stage, env={})


class Examinee(Patient):
    """Its HTTP requests are answered here; where nobody answers, nobody is there."""

    def __init__(self, *, stage: Stage = "prod", aws: Aws | None = None, answers: Answers | None = None) -> None:
        nobody = Aws(REGION, make=lambda *_: NobodyIsSignedIn())
        super().__init__(CommandProcess(stage), service("prod"), aws or nobody)
        self.answers = answers or {}

    async def asks(self, service: str, method: str, url: str, **given: Any) -> httpx.Response:
        for (of, part), answer in self.answers.items():
            if of == method and part in url:
                return answer(given) if callable(answer) else answer
        raise DependencyDown(service, "ConnectError")

    async def finds(self, *checks: Check) -> list[Finding]:
        return list(await examined(self, checks, lambda _: None))
