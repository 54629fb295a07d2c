"""Walks the table: the real handlers, every service behind a proxy, one fault at a time.

Every cell: an answer in time, no 500, what its code says, and, with the service back, nothing lost and nothing twice.
"""

import json
import time
from itertools import count
from typing import Final

import pytest

from tests.chaos.away.cases import SOAK, Case, cases
from tests.chaos.away.checks import CHECKS, EVENTUALLY, RECOVERS, Met
from tests.chaos.away.faults import FAULTS
from tests.chaos.away.scene import BETWEEN, Call, Scene
from tests.chaos.away.stories import STORIES
from tests.chaos.away.table import Cell, Mode, read

UNTIL_OPEN: Final = 7
"""Calls after which the breaker of any service is open."""
AT_ONCE: Final = 1.5
"""Seconds, on a busy machine."""

HALF_WAY: Final = 4
"""Exchanges with MongoDB before send_email has called Resend."""

pytestmark = [pytest.mark.timeout(240)]


@pytest.mark.parametrize("case", cases(read()), ids=str)
def test_the_cell_is_what_happens(scene: Scene, case: Case) -> None:
    cell = case.cell
    call = STORIES[cell.row].begin(scene)
    with scene.outside.away(cell.service, FAULTS[cell.service][cell.mode][case.variant]):
        told = scene.call(call)
        assert told.status not in {500, 502, 504}, told.text
        assert told.seconds < scene.functions[call.function].limit, f"{told.seconds:.1f} s"
        CHECKS[cell.code](Met(cell, call, told, scene))

    if cell.code in RECOVERS and call.function != "send_email":
        _served_when_it_is_back(scene, call)
    scene.mend()
    scene.nothing_lost_and_nothing_twice()


def _served_when_it_is_back(scene: Scene, call: Call) -> None:
    scene._end_orphans()
    ends = time.monotonic() + EVENTUALLY
    for tries in count(1):
        scene.time_passes()
        told = scene.call(call)
        if told.status == call.usual or time.monotonic() > ends:
            break
        time.sleep(BETWEEN * tries)
    assert told.status == call.usual, f"after the service was back it was {told.status}: {told.text}"


LASTING = [
    ("qstash", "POST /v1/auth/magic-links", Mode.ERRORS, "server"),
    ("redis", "POST /v1/auth/magic-links", Mode.ERRORS, "oom"),
    ("resend", "send_email", Mode.ERRORS, "server"),
]
OF_THE_MODEL = ("ai", "analyze_document", Mode.ERRORS, "server")
LASTING_LONG = [OF_THE_MODEL, *((service, row, Mode.SLOW, "silent") for service, row, _, _ in [*LASTING, OF_THE_MODEL])]


@pytest.mark.parametrize(("service", "row", "mode", "variant"), [*LASTING, *(LASTING_LONG if SOAK else [])])
def test_a_service_that_stays_away_is_soon_left_alone(
    scene: Scene, service: str, row: str, mode: Mode, variant: str
) -> None:
    """The breaker: after some failures nobody asks any more, nobody waits, and every answer is what it was."""
    calls = [STORIES[row].begin(scene) for _ in range(UNTIL_OPEN)]
    code = next(cell.code for cell in read().cells if (cell.service, cell.row, cell.mode) == (service, row, mode))
    spared: list[float] = []
    with scene.outside.away(service, FAULTS[service][mode][variant]) as judge:
        for call in calls:
            asked = len(judge.met)
            told = scene.call(call)
            CHECKS[code](Met(Cell(service, row, mode, code), call, told, scene))
            if len(judge.met) == asked:
                spared.append(told.seconds)
        assert spared, "each call has asked it"
        assert min(spared) < AT_ONCE
        runs = scene.runs()
    scene.mend()
    scene.nothing_lost_and_nothing_twice()
    if service == "resend":
        assert sum(run.tries for run in runs) == len(judge.met), "a run that met an open breaker has lost no try"


@pytest.mark.parametrize(
    "variant",
    [("errors", "shutdown"), ("garbage", "page"), ("down", "broken"), ("slow", "silent")]
    if SOAK
    else [("garbage", "page")],
)
@pytest.mark.parametrize("after", range(1, HALF_WAY + 1) if SOAK else [1, HALF_WAY])
@pytest.mark.parametrize("row", ["send_email", "relay_jobs", "record_failure"] if SOAK else ["send_email"])
def test_a_job_that_loses_the_store_half_way_is_done_again(
    scene: Scene, row: str, after: int, variant: tuple[str, str]
) -> None:
    """After the claim, or after Resend has the mail: whatever was done by then is not done twice."""
    call = STORIES[row].begin(scene)
    mode, name = variant
    with scene.outside.away("mongodb", FAULTS["mongodb"][Mode(mode)][name], after=after) as judge:
        told = scene.call(call)
        assert told.status in ({503} if judge.met else {200}), told.text
        assert told.seconds < scene.functions[call.function].limit
    if row == "send_email" and after == HALF_WAY and call.run:
        to = json.loads(scene.run(call.run).payload)["mail"]["to"]
        assert scene.mails(to) == 1, "Resend has it, and nothing here says so yet"
    scene.mend()
    scene.nothing_lost_and_nothing_twice()
