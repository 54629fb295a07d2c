"""The local stack with every function unpacked from its own zip, and what has been done with it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx
import pytest
from rich.console import Console

from infra.commands.running import CommandProcess
from infra.commands.stage_file import of_stack
from infra.demo.run import PACE
from infra.demo.story import tell
from infra.demo.timeline import Timeline
from infra.demo.witness import Witness
from infra.local.built import Built
from infra.local.stack import Options, Stack
from tests.integration.from_artifacts.others import Others, do_all_others

PATIENCE: Final = 60.0
"""Seconds that a call may take: each function starts cold here, beside all other tests."""


@dataclass(frozen=True, slots=True)
class Played:
    """After the demo, and after the work of the functions that it leaves out."""

    stack: Stack
    timeline: Timeline
    others: Others


@pytest.fixture(scope="module")
def played(built: Built) -> Iterator[Played]:
    options = Options(pace=PACE, throw_away=True, artifacts=built.folder, python=built.python)
    timeline = Timeline(Console(quiet=True))
    with (
        TemporaryDirectory(prefix="millrace-") as folder,  # some hundred megabytes, not to be kept
        Stack.start(Path(folder), options) as stack,
        httpx.Client(timeout=PATIENCE) as http,
        pytest.MonkeyPatch.context() as patch,
    ):
        witness = Witness(stack.urls, http)
        for name in http.get(f"{stack.urls.host}/local/functions").raise_for_status().json():
            # As pytest does here; a deprecation is to be known before the deployed Python makes it an error.
            url = f"{stack.urls.host}/local/functions/{name}/overrides"
            http.post(url, json={"PYTHONWARNINGS": "always"}).raise_for_status()
        tell(timeline, witness, Path(folder))
        for name, value in of_stack(stack).items():
            patch.setenv(name, value)
        others = asyncio.run(do_all_others(CommandProcess("local"), witness))
        yield Played(stack, timeline, others)
