"""What each code of the table means, as a check of the answer that was given while the service was away.

Other services may be named as away beside it: on a busy machine one that is up may be late.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from functions.sync_search.contract import CONTRACT as SYNC_SEARCH
from shared.runs.model import Run, State
from tests.chaos.away.bundle import Told
from tests.chaos.away.scene import Call, Scene
from tests.chaos.away.table import Cell


@dataclass(frozen=True, slots=True)
class Met:
    """One call, and what the scene was when it had been answered, before the service came back."""

    cell: Cell
    call: Call
    told: Told
    scene: Scene

    @property
    def run(self) -> Run:
        """The run that the call is about, or that it has made."""
        return self.scene.run(self.call.run or self.told.json()["job"])


Check = Callable[[Met], None]


def as_ever(met: Met) -> None:
    assert met.told.status == met.call.usual, met.told.text
    assert met.cell.service not in met.told.degraded


def unavailable(met: Met) -> None:
    assert met.told.status == 503, met.told.text
    assert int(met.told.headers["retry-after"]) >= 1
    assert met.told.headers["content-type"] == "application/problem+json"
    problem = met.told.json()
    assert problem["type"] == "urn:problem-type:millrace:unavailable"
    assert problem["request_id"]


def later(met: Met) -> None:
    assert met.told.status == 202, met.told.text
    assert "qstash" in met.told.degraded
    assert met.run.state is State.PENDING


def left(met: Met) -> None:
    assert met.told.status == 200, met.told.text
    assert "qstash" in met.told.degraded
    assert met.run.state is State.CANCELLED


def done_later(met: Met) -> None:
    assert met.told.status == 200, met.told.text
    assert "qstash" in met.told.degraded
    assert met.run.state is State.PENDING


def letter_left(met: Met) -> None:
    assert met.told.status == met.call.usual, met.told.text
    assert "qstash" in met.told.degraded


def indexed_later(met: Met) -> None:
    assert met.told.status == met.call.usual, met.told.text
    assert "qstash" in met.told.degraded
    assert State.PENDING in {run.state for run in met.scene.runs() if run.job == SYNC_SEARCH.name}


def local(met: Met) -> None:
    assert met.told.status == met.call.usual, met.told.text
    assert "redis" in met.told.degraded
    assert "ratelimit" in met.told.headers


def uncounted(met: Met) -> None:
    assert met.told.status == met.call.usual, met.told.text
    assert "redis" in met.told.degraded
    assert "ratelimit" not in met.told.headers


def again(met: Met) -> None:
    assert met.told.status == 503, met.told.text
    assert int(met.told.headers["retry-after"]) >= 1
    assert "example.com" not in met.told.text


def next_turn(met: Met) -> None:
    assert met.told.status == 200, met.told.text
    assert met.run.state is State.PENDING


CHECKS: Final[Mapping[str, Check]] = {
    "as ever": as_ever,
    "503": unavailable,
    "202 later": later,
    "200 later": done_later,
    "200 left": left,
    "letter left": letter_left,
    "indexed later": indexed_later,
    "local": local,
    "uncounted": uncounted,
    "again": again,
    "next turn": next_turn,
}

RECOVERS: Final = frozenset({"503", "again"})
"""Codes of calls that were not served: the same call is as ever once the service is back."""
EVENTUALLY: Final = 20.0
"""Seconds in which that is so; a breaker's rest is in them."""
