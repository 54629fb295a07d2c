"""What the runtime needs of a message broker: hand a run over, and ask what became of it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Protocol

from shared.contract import Contract
from shared.runs.model import Run


class Fate(StrEnum):
    """What QStash says of a message."""

    ALIVE = "alive"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up, cancelled, or in the dead letters."""
    GONE = "gone"
    """QStash knows nothing of it, or no longer."""


class Publisher(Protocol):
    async def publish(self, run: Run, contract: Contract[Any]) -> str:
        """The message's id. Raises PublishRefused where no repeat can help, DependencyDown where one may."""
        ...

    async def publish_many(self, runs: Sequence[tuple[Run, Contract[Any]]]) -> Sequence[str | Exception]: ...

    async def fate(self, message_id: str) -> Fate: ...

    async def cancel(self, message_id: str) -> None: ...

    async def remove_dead_letter(self, dlq_id: str) -> None:
        """Done, too, where there is none."""
        ...
