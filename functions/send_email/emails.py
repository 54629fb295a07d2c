"""The record of one mail: its exact request before the first call, its outcome after it.

                    fresh bytes, after a person's replay
               ┌──────────────────────────────────────────────┐
               ▼                                              │
    (none) ─ begin ─▶ calling ─┬─ taken ────────────────▶ sent
       │      ▲          │     ├─ refused, none open ───▶ refused
       │      └─ later ──┘     ├─ refused, one open ────▶ uncertain
       │     the same bytes    ├─ another payload ──────▶ uncertain
       │                       └─ begin, past WINDOW ───▶ uncertain        taken wins over everything
       └─ no one to write to ──────────────────────────▶ skipped
    any but sent ─ an event of Resend's about it ──────▶ sent               by functions/email_events

A call is open until Resend has said that it took the mail, or that it took nothing: `calls` counts those begun,
`answered` those that are not open. An open call may have sent the mail (the answer was lost, we crashed), so it
is `first_call_at`, the time of the first call that may have counted, that WINDOW is measured from, by the store's
clock. While no call is open nothing can have been sent: then a refusal is `refused`, and no time runs.

An event proves what an answer proves, and may come between any two of these writes: before the answer, or instead of
one that was lost. It changes state, reason and resend_id alone, and nothing leads out of `sent`:

    before begin                         begin finds no `calling`, counts nothing, and no call is made
    between begin and its answer         taken says the same again; refused and doubted heed `calling` alone
    when the mail is uncertain           the run has failed, and stays so; its record tells, and a replay ends at once

Everything is one atomic update by id. Times are milliseconds.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from functions.send_email.contract import CONTRACT, RESEND_REMEMBERS
from functions.send_email.refusals import Said
from shared.database import Database, reachable
from shared.errors import DependencyDown
from shared.mail.state import State
from shared.runs.model import RETENTION, to_json
from shared.runs.pipeline import NOW, Expression, either, equal, every, literal, when
from shared.runs.pipeline import field as value_of

WINDOW: Final = RESEND_REMEMBERS - timedelta(minutes=30)
"""Within it a call under the same key sends nothing twice. The margin is for two clocks and the call itself."""
KEPT: Final = RETENTION + CONTRACT.max_age
"""Longer than the run that it belongs to, however late that ends."""
LONGEST_MESSAGE: Final = 300

TOO_LATE: Final = "the mail may have been sent, and Resend's memory of it is over"
REFUSED_AFTER_OPEN: Final = "Resend refused the mail, but an earlier call without an answer may have sent it"


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail that is ready to be stored. `kid` names the key of the secret that its placeholder stands for."""

    kind: str
    request: Mapping[str, Any]
    kid: str | None = None
    dropped: tuple[str, ...] = ()
    """Recipients who are left out because they are suppressed."""
    owner: str | None = None
    """The run's: it is erased with them, and kept longer than the run."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A mail that has no one to go to, or nothing to say."""

    kind: str
    reason: str
    dropped: tuple[str, ...] = ()
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Email:
    """A mail as it was read."""

    id: str
    state: State
    request: Mapping[str, Any] = field(default_factory=dict, repr=False)
    kid: str | None = None
    dropped: tuple[str, ...] = ()
    resend_id: str | None = None
    reason: str | None = None

    def result(self) -> dict[str, Any]:
        """What the run that sent or skipped it says of it."""
        left_out = {"suppressed": len(self.dropped)} if self.dropped else {}
        if self.state is State.SENT:
            return {"state": self.state.value, "resend_id": self.resend_id, **left_out}
        return {"state": self.state.value, "reason": self.reason, **left_out}


async def find(database: Database, run_id: str) -> Email | None:
    async with reachable():
        document = await database.emails.find_one({"_id": run_id})
    return _read(document) if document else None


async def skip(database: Database, run_id: str, skipped: Skipped) -> Email:
    """Record that nothing is sent, unless something has been begun."""
    said = {"kind": skipped.kind, "reason": skipped.reason, "owner": skipped.owner}
    fields = {**said, "dropped": list(skipped.dropped), "request": "{}"}
    return await _change(database, run_id, [_filled(State.SKIPPED, fields)], create=True)


async def begin(database: Database, run_id: str, draft: Draft | None, *, by: str) -> Email:
    """Count a call that is about to be made. The mail is to be called for only if its state is `calling` now.

    `by` is a token of the call: asked again because the store's answer was lost, it is counted once.

    A draft is stored where there is no record, or a refused one; another's request that is already there stays.
    """
    new = {"$not": [{"$in": [literal(by), value_of("begun", [])]}]}
    calling = every(equal("$state", State.CALLING.value), new)
    is_open = {"$gt": ["$calls", "$answered"]}
    over = {"$lte": [{"$add": ["$first_call_at", int(WINDOW.total_seconds() * 1000)]}, "$touched"]}
    stages = [
        when(every(calling, is_open, over), {"state": State.UNCERTAIN.value, "reason": literal(TOO_LATE)}),
        when(
            calling,
            {
                "first_call_at": either(is_open, "$first_call_at", "$touched"),
                "calls": {"$add": ["$calls", 1]},
                "begun": {"$concatArrays": ["$begun", [literal(by)]]},
            },
        ),
    ]
    if draft is not None:
        request = {"kind": draft.kind, "request": to_json(draft.request), "kid": draft.kid, "owner": draft.owner}
        stages.insert(0, _filled(State.CALLING, {**request, "dropped": list(draft.dropped)}))
    return await _change(database, run_id, stages, create=draft is not None)


async def taken(database: Database, run_id: str, resend_id: str) -> Email:
    """Resend has it: proof, whatever was thought before."""
    changes = {"state": State.SENT.value, "resend_id": literal(resend_id), "reason": None, "answered": _one_more()}
    return await _change(database, run_id, [{"$set": changes}])


async def not_taken(database: Database, run_id: str, said: Said) -> Email:
    """Resend took nothing by this call; another one may follow."""
    return await _change(database, run_id, [{"$set": {"answered": _one_more(), "said": _said(said)}}])


async def refused(database: Database, run_id: str, said: Said) -> Email:
    """Resend never takes it; whether it is `refused` or `uncertain` depends on the calls before this one."""
    another = {"$gt": [{"$subtract": ["$calls", "$answered"]}, 1]}
    changes = {
        "state": either(another, State.UNCERTAIN.value, State.REFUSED.value),
        "reason": either(another, literal(REFUSED_AFTER_OPEN), literal(str(said))),
        "answered": _one_more(),
        "said": _said(said),
    }
    return await _change(database, run_id, [when(equal("$state", State.CALLING.value), changes)])


async def doubted(database: Database, run_id: str, said: Said) -> Email:
    """Some mail has gone out under this key, and it is not known to be this one."""
    changes = {"state": State.UNCERTAIN.value, "reason": literal(str(said)), "said": _said(said)}
    return await _change(database, run_id, [when(equal("$state", State.CALLING.value), changes)])


def _filled(state: State, fields: Mapping[str, Any]) -> Expression:
    """A new record, or one in place of a refused mail, of which nothing was ever taken."""
    blank: dict[str, Any] = {
        "kid": None,
        "first_call_at": None,
        "begun": [],
        "calls": 0,
        "answered": 0,
        "said": None,
        "reason": None,
    }
    new = {**blank, **fields, "state": state.value}
    vacant = {"$in": [value_of("state", ""), ["", State.REFUSED.value]]}
    return when(vacant, {**{name: literal(value) for name, value in new.items()}, "created": "$touched"})


async def _change(database: Database, run_id: str, stages: list[Expression], *, create: bool = False) -> Email:
    kept = {"$toDate": {"$add": ["$touched", int(KEPT.total_seconds() * 1000)]}}
    pipeline = [{"$set": {"touched": NOW}}, {"$set": {"expires_at": kept}}, *stages]
    async with reachable():
        for _ in range(8):
            try:
                document = await database.emails.find_one_and_update(
                    {"_id": run_id}, pipeline, upsert=create, return_document=ReturnDocument.AFTER
                )
            except DuplicateKeyError:
                continue  # another worker created it between the look and the insert
            if document is not None:
                return _read(document)
    raise DependencyDown("mongodb", "the mail's record was not there")


def _read(document: Mapping[str, Any]) -> Email:
    return Email(
        id=document["_id"],
        state=State(document["state"]),
        request=json.loads(document["request"]),
        kid=document.get("kid"),
        dropped=tuple(document.get("dropped", ())),
        resend_id=document.get("resend_id"),
        reason=document.get("reason"),
    )


def _one_more() -> Expression:
    return {"$add": ["$answered", 1]}


def _said(said: Said) -> Expression:
    return literal({"status": said.status, "name": said.name, "message": said.message[:LONGEST_MESSAGE]})
