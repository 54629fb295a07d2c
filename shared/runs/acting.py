"""One act of a person on one run, as a part of a transaction: the change, and its entry in the audit log.

    acting = Acting(database, contracts, alert, by="key:4w8s", now=world.now())
    before, after = await transaction(database, partial(acting.replay, run_id))

What a person may not do is Refused, which leaves the transaction: nothing was changed, and nothing noted. One that
meets another's write begins anew, and judges the run as it is then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from shared import audit
from shared.audit import Act
from shared.contract import Contract
from shared.database import Database, Session, begin_anew
from shared.enqueue import Contracts
from shared.runs import revive
from shared.runs.editing import Edited, NotEditable, edited
from shared.runs.finish import Alert
from shared.runs.model import FINAL, Run, State, read

REPLAYABLE: Final = (State.FAILED, State.CANCELLED)
PLAIN_KEPT: Final = timedelta(days=1)
"""For how long after its end QStash may deliver a plain message once more, which would begin it anew."""


class Because(StrEnum):
    """Why an act is refused."""

    UNKNOWN = "unknown"
    STATE = "state"
    """Of the run: too late, or too early."""
    JOB = "job"
    """A cron's own record, or a job that this bundle no longer has."""
    KEY = "key"
    """Another run has its business key."""
    PAYLOAD = "payload"


class Refused(Exception):
    """`why` is for people, and quotes nothing of a payload."""

    def __init__(self, because: Because, why: str) -> None:
        super().__init__(why)
        self.because = because
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    database: Database
    contracts: Contracts
    alert: Alert | None
    by: str
    """A principal's id, or `command line`."""
    now: float
    """Our clock, in seconds."""

    async def replay(
        self, run_id: str, session: Session, *, payload: Mapping[str, Any] | None = None, delay: float = 0.0
    ) -> tuple[Run, Run]:
        """The run as it was, and as it is now: pending, to be handed over when this has committed."""
        run = await self._read(run_id, session)
        contract = self._contract(run)
        if contract is None:
            raise Refused(Because.JOB, "this bundle has no such job any more")
        if run.state not in REPLAYABLE:
            raise Refused(Because.STATE, _standing(run))
        edit = _edit(run, contract, payload) if payload else None
        if other := await self._who_has_its_key(run, session):
            raise Refused(Because.KEY, f"the run {other} has its business key now")
        after = await revive.replay(
            self.database,
            run,
            by=self.by,
            max_age=int(contract.max_age.total_seconds() * 1000),
            delay=int(delay * 1000),
            edit=edit,
            session=session,
        )
        await self._note(run, "run.replay", session, {"fields": list(edit.fields)} if edit else {})
        return run, _still(after)

    async def cancel(self, run_id: str, session: Session) -> tuple[Run, Run]:
        """As it was, and as it is now. Whoever stops what is their own needs no entry."""
        run = await self._read(run_id, session)
        if run.state in FINAL:
            raise Refused(Because.STATE, _standing(run))
        if run.cancel:
            return run, run
        after = await revive.cancel(self.database, run, by=self.by, alert=self.alert, session=session)
        if run.owner != self.by:
            await self._note(run, "run.cancel", session)
        return run, _still(after)

    async def purge(self, run_id: str, session: Session) -> Run:
        """As it was. What it has done, and the records of that, stay."""
        run = await self._read(run_id, session)
        self._contract(run)
        if run.state not in FINAL:
            raise Refused(Because.STATE, _standing(run))
        ended = (run.finished or 0) / 1000
        if run.id.startswith(f"{run.job}:") and ended > self.now - PLAIN_KEPT.total_seconds():
            raise Refused(Because.STATE, "it ended less than a day ago, and its message could still begin it anew")
        same = {"_id": run.id, "state": run.state.value, "epoch": run.epoch, "fence": run.fence}
        deleted = await self.database.runs.delete_one(same, session=session)
        await self._note(run, "run.purge", session)
        return _still(run if deleted.deleted_count else None)

    async def _read(self, run_id: str, session: Session) -> Run:
        document = await self.database.runs.find_one({"_id": run_id}, session=session)
        if document is None:
            raise Refused(Because.UNKNOWN, "there is no such run")
        return read(document)

    def _contract(self, run: Run) -> Contract[Any] | None:
        contract = self.contracts.get(run.job)
        if contract is not None and contract.singleton:
            raise Refused(Because.JOB, "it is a cron's, whose next turn comes by its schedule")
        return contract

    async def _who_has_its_key(self, run: Run, session: Session) -> str | None:
        if run.freed_key is None:
            return None
        by = {"job": run.job, "owner": run.owner, "key": run.freed_key}
        found = await self.database.runs.find_one(by, {"_id": 1}, session=session)
        return str(found["_id"]) if found else None

    async def _note(self, run: Run, action: str, session: Session, more: Mapping[str, Any] | None = None) -> None:
        what = {"job": run.job, "was": run.state.value, "epoch": run.epoch, **(more or {})}
        await audit.note(self.database, [Act(self.by, action, run.id, what)], now=self.now, session=session)


def _standing(run: Run) -> str:
    return f"it has {run.state.value}" if run.state in (State.SUCCEEDED, State.FAILED) else f"it is {run.state.value}"


def _edit(run: Run, contract: Contract[Any], payload: Mapping[str, Any]) -> Edited:
    try:
        return edited(run, contract, payload)
    except NotEditable as error:
        raise Refused(Because.PAYLOAD, error.why) from None


def _still(run: Run | None) -> Run:
    if run is None:
        raise begin_anew("the run has moved")
    return run
