"""Operators' acts on runs, as the API tells of them."""

from typing import Final

from functions.api.documented import Responses, problems, told
from functions.api.principal import Principal
from functions.api.problems import FieldError, Problem, invalid
from functions.api.services import Services
from shared.runs.acting import Because, Refused
from shared.runs.operating import Done, Operator

PATIENCE: Final = 3.0
"""Seconds that a caller waits for QStash to be told: what is left of that is the relay's."""

NOT_SO: Final = {
    "already-finished": "The job has succeeded, there is nothing to cancel.",
    "not-replayable": "The job can't be replayed: it has succeeded.",
    "key-taken": "The job can't be replayed: the run 4w8sUe0yKcPzT0F1zQ0X2g has its business key now.",
    "not-purgeable": "The job can't be purged: it is running.",
}


def operator(services: Services, principal: Principal) -> Operator:
    return Operator(services.enqueuer, principal.id, services.world, PATIENCE)


def may_answer(*statuses: int, conflicts: tuple[str, ...]) -> Responses:
    """What a route may answer, with the 409s by the kinds of them."""
    return told(problems(*statuses), {409: {kind: NOT_SO[kind] for kind in conflicts}})


def refusal(no: Refused | Done, kind: str, what: str) -> Problem:
    """As its document; `kind` and `what` say which act it was."""
    why = no.why or ""
    match no.because:
        case Because.UNKNOWN:
            return Problem(404, None, "There is no such job, or it is not yours.")
        case Because.PAYLOAD:
            return invalid(FieldError(part="body", pointer="#/payload", detail=why))
        case Because.KEY:
            return Problem(409, "key-taken", f"The job can't be {what}: {why}.")
        case _:
            return Problem(409, kind, f"The job can't be {what}: {why}.")
