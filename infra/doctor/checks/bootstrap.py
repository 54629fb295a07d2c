"""The bucket, MongoDB's collections, the crons and Resend's webhook are as the code declares them (infra/bootstrap)."""

from collections.abc import Mapping, Sequence
from typing import Final

from infra.bootstrap.look import Looked
from infra.bootstrap.look import look as looked_at
from infra.bootstrap.model import Kind, NotDone
from infra.bootstrap.parts import parts
from infra.doctor.model import Check, Finding, State, fail, ok, warn
from infra.doctor.patient import PREFIX, Patient
from shared.errors import ConfigurationError, DependencyDown, MillraceError

LEFT: Final[Mapping[Kind, str]] = {
    Kind.WAITING: "`make deploy STAGE={stage}`, then python -m infra --stage {stage} bootstrap",
    Kind.EXTRA: "a person's doing, perhaps: python -m infra --stage {stage} bootstrap --prune takes it away",
}
"""What bootstrap leaves as it is, and whoever can mend it."""
AWAY: Final = "the service itself: see its own check"


async def look(patient: Patient) -> Sequence[Finding]:
    return [_finding(one) for one in await looked_at(parts(patient.process))]


def _finding(one: Looked) -> Finding:
    name = f"declared {one.part}"
    if one.failure is not None:
        return _not_seen(name, one.failure)
    if one.to_do:
        return fail(name, "; ".join(change.text for change in one.to_do), CHECK.mend)
    for kind, mend in LEFT.items():
        if said := "; ".join(change.text for change in one.changes if change.kind is kind):
            return warn(name, said, mend)
    return ok(name, "as declared")


def _not_seen(name: str, failure: MillraceError) -> Finding:
    """A variable that is missing, a right that the key has not, no AWS: another check's matter, or a person's.

    Of a service that does not answer its own check says more, and `bootstrap` mends nothing.
    """
    untried = isinstance(failure, ConfigurationError | NotDone) or (
        isinstance(failure, DependencyDown) and failure.service == "aws"
    )
    state = State.UNTRIED if untried else State.FAIL
    return Finding(name, state, failure.message.removeprefix(PREFIX), "" if untried else AWAY)


CHECK: Final = Check("declared", look, mend="python -m infra --stage {stage} bootstrap", limit=40.0)
