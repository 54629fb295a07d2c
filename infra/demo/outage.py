"""`demo --outage SERVICE`: half-way, a service is stopped for good, and all that follows is done without it.

Another service is a line in STOPPABLE (infra/local/stack.py), if the step below holds for it as it is.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from infra.demo.person import DEGRADED, ask, session
from infra.demo.timeline import demand
from infra.demo.witness import Mail, Witness, wait_for

BEFORE: Final = "edsger@example.com"
AFTER: Final = "barbara@example.com"
DELIVERY: Final = 60


@dataclass(frozen=True, slots=True)
class Outage:
    service: str
    stop: Callable[[], None]


def endure(witness: Witness, outage: Outage, seen: list[str]) -> None:
    """One request just before the service stops and one just after it: both accepted, each mailed once."""
    before = ask(witness, BEFORE)
    demand(not before.degraded, f"while everything is there an answer says {DEGRADED}: {before.degraded}")
    began = time.monotonic()
    outage.stop()
    after = ask(witness, AFTER)
    seen.append(
        f"{outage.service} stopped for good: 202 in {after.milliseconds:.0f} ms, {before.milliseconds:.0f} ms before"
    )
    demand(
        outage.service in after.degraded,
        f"the answer is not marked: {DEGRADED} is {after.degraded!r} and does not name {outage.service}",
    )
    seen.append(f"{DEGRADED}: {after.degraded}")
    _mailed_once(witness, BEFORE, before.job)
    mail = _mailed_once(witness, AFTER, after.job)
    session(witness, mail)
    seen.append(f"both mailed, once each, and a session {time.monotonic() - began:.1f} s after the stop")


def _mailed_once(witness: Witness, address: str, job: str) -> Mail:
    wait_for(
        lambda: witness.delivered(job), seconds=DELIVERY, otherwise=f"the job of {address} was not delivered to its end"
    )
    mails = witness.mails(address)
    demand(len(mails) == 1, f"{address} got {len(mails)} mails, not one")
    return mails[0]
