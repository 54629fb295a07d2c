"""The real worker with its real limits, kept for the tests of one file as a Lambda keeps it for its invocations."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from functions.analyze_document.reading import LIMITS, MODULE
from shared.worker import Limits, Worker
from tests.integration.analyze_document.extraction.read import Reading

SPARE: Final = Limits(memory=500_000_000, file_size=LIMITS.file_size)
"""With so little a bomb goes off sooner."""


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    with asyncio.Runner() as runner:
        yield from _kept(Worker(MODULE, LIMITS), runner, tmp_path_factory.mktemp("extraction"))


@pytest.fixture(scope="module")
def spare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    with asyncio.Runner() as runner:
        yield from _kept(Worker(MODULE, SPARE), runner, tmp_path_factory.mktemp("extraction"))


def _kept(worker: Worker, runner: asyncio.Runner, folder: Path) -> Iterator[Reading]:
    yield Reading(worker, runner, folder)
    runner.run(worker.close())
