"""Where a stage is examined, in an environment that may differ from what is true."""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.__main__ import app
from infra.commands.running import CommandProcess
from infra.commands.stage import ROOT
from infra.doctor.aws import Aws
from infra.doctor.checks import checks_of
from infra.doctor.examining import examined
from infra.doctor.model import Finding
from infra.doctor.patient import Patient
from infra.local.serverless import read_service


@dataclass(frozen=True, slots=True)
class Ward:
    _patch: pytest.MonkeyPatch

    async def typed(self, *words: str) -> tuple[int, Any]:
        """The command's exit code, and what it says to programs."""
        said = await asyncio.to_thread(lambda: CliRunner().invoke(app, ["doctor", "--json", *words]))
        return said.exit_code, json.loads(said.stdout)

    async def finds(self, *checks: str, **changed: str) -> Mapping[str, Finding]:
        """What these checks find, in an environment with these changes."""
        for name, value in changed.items():
            self._patch.setenv(name, value)
        chosen = [check for check in checks_of("local") if check.name in checks]
        assert len(chosen) == len(checks)
        process = CommandProcess("local")
        service = read_service(ROOT / "serverless.yml", stage="local", env=os.environ)
        patient = Patient(process, service, Aws(service.region, local=True))
        try:
            found = await examined(patient, chosen, lambda _: None)
        finally:
            await patient.close()
            await process.close()
        return {one.check: one for one in found}
