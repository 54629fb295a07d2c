"""QStash as the runtime sees it, in memory: deduplication, messages that live until they are answered, faults."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.contract import Contract
from shared.errors import DependencyDown, PublishRefused
from shared.message import Message
from shared.publishing import Fate
from shared.runs.model import Run


@dataclass
class QStashInMemory:
    """`down`: nothing answers. `deaf`: what is published arrives, its answer does not. `refuses`: never takes a job."""

    messages: dict[str, Message] = field(default_factory=dict)
    fates: dict[str, Fate] = field(default_factory=dict)
    window: dict[str, str] = field(default_factory=dict)
    """Deduplication ids of the last ten minutes, with the messages that have them."""
    down: bool = False
    deaf: bool = False
    refuses: bool = False
    calls: int = 0
    asked: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    """Dead letters."""

    async def publish(self, run: Run, contract: Contract[Any]) -> str:
        self.calls += 1
        if self.down:
            raise DependencyDown("qstash", "away")
        if self.refuses:
            raise PublishRefused("QStash refused the call: too large", status=413)
        message_id = self.window.get(run.dedup_id)
        if message_id is None:
            message_id = self.window[run.dedup_id] = f"msg_{len(self.messages)}"
            self.messages[message_id] = Message(run.id, contract.name, run.leg, run.epoch)
            self.fates[message_id] = Fate.ALIVE
        if self.deaf:
            raise DependencyDown("qstash", "no answer")
        return message_id

    async def publish_many(self, runs: Sequence[tuple[Run, Contract[Any]]]) -> Sequence[str | Exception]:
        answers: list[str | Exception] = []
        for run, contract in runs:
            try:
                answers.append(await self.publish(run, contract))
            except (DependencyDown, PublishRefused) as error:
                answers.append(error)
        return answers

    async def fate(self, message_id: str) -> Fate:
        self.asked.append(message_id)
        if self.down:
            raise DependencyDown("qstash", "away")
        return self.fates.get(message_id, Fate.GONE)

    async def cancel(self, message_id: str) -> None:
        if self.down:
            raise DependencyDown("qstash", "away")
        self.fates[message_id] = Fate.DEAD

    async def remove_dead_letter(self, dlq_id: str) -> None:
        if self.down:
            raise DependencyDown("qstash", "away")
        self.removed.append(dlq_id)

    @property
    def alive(self) -> list[str]:
        return [message_id for message_id, fate in self.fates.items() if fate is Fate.ALIVE]

    def of(self, run_id: str) -> list[str]:
        """The messages that a run was published by, oldest first."""
        return [message_id for message_id, message in self.messages.items() if message.run == run_id]

    def forget(self) -> None:
        """Ten minutes pass."""
        self.window.clear()

    def answered(self, message_id: str, status: int) -> None:
        """What the answer to a delivery makes of its message."""
        if status < 300:
            self.fates[message_id] = Fate.DELIVERED
        elif status == 489:
            self.fates[message_id] = Fate.DEAD
