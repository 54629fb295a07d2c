"""Runs a command's work on the chosen stage, with the clients that the functions use, and closes what it had opened.

    run(context, work)        work(process) on a loop of its own ──▶ its answer
                              an error of ours     ──▶ one line on stderr, exit code 1
                              Ctrl-C               ──▶ the work is cancelled where it waits, then exit code 130

Either way everything is closed first. A fault that is none of ours is shown as what it is.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

import typer

from infra.commands import exits, stage
from infra.commands.output import say
from shared.breakers import Change, LocalBreaker
from shared.breakers.circuit import FAILURES, LONGEST
from shared.config import Stage
from shared.errors import ConfigurationError, MillraceError
from shared.process import Process

if TYPE_CHECKING:
    from shared.enqueue import Enqueuer
    from shared.qstash_publisher import QStashPublisher

T = TypeVar("T")

WHO: Final = "command line"
"""Who has done it, in the records: there is no account behind a shell, but that of the stage's secrets."""


class CommandProcess(Process):
    """What a command builds of a stage, each part at its first use. It logs to stderr."""

    def __init__(self, name: Stage) -> None:
        super().__init__(WHO)
        self.name = name

    @cached_property
    def log(self) -> Any:
        told = logging.Logger("millrace", logging.WARNING)  # noqa: LOG001 - of this command alone, in no tree of loggers
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        told.addHandler(handler)
        return told

    def breaker(self, service: str, *, failures: int = FAILURES) -> LocalBreaker:
        """Never the one that all Lambdas share: a service that this machine can't reach may serve them well."""
        monotonic, random = self.world.monotonic, self.world.random
        return LocalBreaker(service, monotonic, failures=failures, longest=LONGEST, random=random, changed=self._tell)

    @cached_property
    def handing(self) -> "QStashPublisher":
        from infra.commands.handing_over import publisher

        return publisher(self)

    @cached_property
    def enqueuer(self) -> "Enqueuer":
        from infra.commands.handing_over import enqueuer

        return enqueuer(self)

    async def close(self) -> None:
        """What was built; each, whatever the others do."""
        built = vars(self)
        async with AsyncExitStack() as closing:
            if "database" in built:
                closing.callback(self.database.client.close)
            if "storage" in built:
                closing.callback(self.storage.close)
            if "redis" in built:
                closing.push_async_callback(self.redis.aclose)
            if "handing" in built:
                closing.push_async_callback(self.handing.aclose)
            if "search" in built:
                closing.push_async_callback(self.search.close)

    def _tell(self, change: Change) -> None:
        if change.opened:
            self.log.warning("%s does not answer, and is not asked for a while", change.service)


Work = Callable[[CommandProcess], Awaitable[T]]


def run(context: typer.Context, work: Work[T]) -> T:
    """What the work answers. Its environment is the stage's, inside and nowhere else."""
    chosen = stage.chosen(context)
    try:
        with stage.entered(chosen):
            os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"  # they would be printed, between the results
            try:
                return _run(CommandProcess(chosen), work)
            except ConfigurationError as error:
                raise ConfigurationError(f"{error.message} ({stage.missing(chosen)})") from error
    except MillraceError as error:
        say(error.message)
        raise typer.Exit(exits.FAILED) from error
    except KeyboardInterrupt:
        raise exits.Interrupted from None


def _run(process: CommandProcess, work: Work[T]) -> T:
    from shared.database import reachable

    async def whole() -> T:
        try:
            async with reachable():
                return await work(process)
        finally:
            await process.close()

    try:
        with asyncio.Runner(loop_factory=lambda: process.loop) as runner:
            return runner.run(whole())
    finally:
        asyncio.set_event_loop(None)
