"""Runs commands as Upstash does: one, several in order, or several as a transaction."""

from collections.abc import Sequence

from infra.local.upstash.pool import Pool
from infra.local.upstash.refusals import refusal
from infra.local.upstash.resp import Command, Error, Reply
from infra.local.upstash.scripts import Scripts


class Database:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._scripts = Scripts()

    async def run(self, commands: Sequence[Command]) -> list[Reply]:
        """Run the commands in order, not atomically: one that fails or is refused does not keep the rest."""
        refused = [refusal(command) for command in commands]
        allowed = [command for command, error in zip(commands, refused, strict=True) if error is None]
        replies = iter(await self._run(allowed))
        return [next(replies) if error is None else error for error in refused]

    async def transact(self, commands: Sequence[Command]) -> list[Reply] | Error:
        """Run the commands as one transaction; an Error says that none of them was run."""
        for error in map(refusal, commands):
            if error is not None:
                return error
        translated = [self._scripts.translate(command) for command in commands]
        *_, executed = await self._pool.call([[b"MULTI"], *translated, [b"EXEC"]])
        if isinstance(executed, Error):
            return executed
        assert isinstance(executed, list)  # noqa: S101 - EXEC gives nil only after WATCH, which is refused
        return self._back(commands, executed)

    async def _run(self, commands: Sequence[Command]) -> list[Reply]:
        if not commands:
            return []
        replies = await self._pool.call([self._scripts.translate(command) for command in commands])
        return self._back(commands, replies)

    def _back(self, commands: Sequence[Command], replies: Sequence[Reply]) -> list[Reply]:
        return [self._scripts.translate_back(*pair) for pair in zip(commands, replies, strict=True)]
