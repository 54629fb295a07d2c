"""What a job endpoint may answer, and what each makes QStash do. None echoes a payload: QStash keeps answers.

200    delivered, never again             489    failed for good, into the dead letters at once
409    somebody has it: later             503    a retry can mend it, or it comes too early: later
401    not proven to come from QStash    500    a fault of our own: QStash tries again as the contract says
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LambdaAnswer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    outcome: str
    """One word, for the body and for the log."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def for_lambda(self) -> LambdaAnswer:
        """Payload format 2.0."""
        return {
            "statusCode": self.status,
            "headers": {"content-type": "application/json", **self.headers},
            "body": json.dumps({"outcome": self.outcome}),
        }


def done(outcome: str) -> Answer:
    return Answer(200, outcome)


def verified() -> Answer:
    """All that a probe is told."""
    return done("verified")


def busy(seconds: float) -> Answer:
    """The lease's rest and two seconds more, so that the next delivery finds it free."""
    return Answer(409, "busy", _later(seconds + 2))


def later(outcome: str, seconds: float) -> Answer:
    return Answer(503, outcome, _later(seconds))


def never(outcome: str) -> Answer:
    return Answer(489, outcome, {"Upstash-NonRetryable-Error": "true"})


def unproven() -> Answer:
    """The reason is for our log, not for whoever tries."""
    return Answer(401, "unauthorized")


def crashed() -> Answer:
    return Answer(500, "crashed")


def _later(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(max(1, math.ceil(seconds)))}
