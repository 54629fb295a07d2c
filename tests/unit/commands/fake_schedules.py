"""A QStash that starts a paused schedule when it is changed. Ours does not; of the hosted one nothing says it."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

from infra.schedules.account import Account


@dataclass
class Starting:
    paused: set[str] = field(default_factory=set)

    async def create(self, *, schedule_id: str, **_: Any) -> str:
        self.paused.discard(schedule_id)
        return schedule_id

    async def pause(self, schedule_id: str) -> None:
        self.paused.add(schedule_id)


def account(schedules: Starting) -> Account:
    return Account(cast("Any", SimpleNamespace(schedule=schedules)))
