"""Hands over to QStash what a command has accepted, where the stage's addresses are known here; else the relay does.

A message needs the URL of its job (JOB_URL_..) and of the failure callback (FAILURE_CALLBACK_URL). The local stack's
are in its file; of a deployed stage they are given, or not. A run that can't be published stays `pending`, which the
relay finds at its next turn: that is what happens when QStash is away, too.
"""

from collections.abc import Sequence
from typing import Any

from functions.alerts import alerting
from functions.registry import contracts
from infra.commands.running import CommandProcess
from shared.config import PublishSettings, job_urls, load
from shared.contract import Contract
from shared.enqueue import Enqueuer
from shared.errors import RetryableError
from shared.process import PUBLISHING_FAILURES
from shared.qstash_publisher import QStashPublisher
from shared.retries import Retries
from shared.runs.model import Run


class CallSettings(PublishSettings):
    failure_callback_url: str = ""
    """Empty: nothing is published."""


class WhereKnown(QStashPublisher):
    """Cancels and asks as every publisher; publishes what it has the addresses for."""

    async def publish(self, run: Run, contract: Contract[Any]) -> str:
        if not self._knows(run):
            raise _left(run)
        return await super().publish(run, contract)

    async def publish_many(self, runs: Sequence[tuple[Run, Contract[Any]]]) -> Sequence[str | Exception]:
        answers = iter(await super().publish_many([pair for pair in runs if self._knows(pair[0])]))
        return [next(answers) if self._knows(run) else _left(run) for run, _ in runs]

    def _knows(self, run: Run) -> bool:
        return bool(self._settings.failure_callback_url and self._urls.get(run.job))


def _left(run: Run) -> RetryableError:
    return RetryableError(f"the URL of {run.job} is not known here: left to the relay")


def publisher(process: CommandProcess) -> QStashPublisher:
    return WhereKnown(
        load(CallSettings),
        job_urls(),
        breaker=process.breaker("qstash", failures=PUBLISHING_FAILURES),
        retries=Retries("qstash", world=process.world, log=process.log),
    )


def enqueuer(process: CommandProcess) -> Enqueuer:
    return Enqueuer(process.database, process.handing, contracts(), process.world, alerting(process.database))
