"""Who may work on a run now: one atomic step by id, judged by the store's clock, with the verdict in its answer.

The owner is a token made for this invocation. A driver that repeats the call because the answer was lost gets MINE;
QStash delivering the same message again while the first Lambda still runs gets BUSY (case 1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from shared.database import Collection
from shared.errors import DependencyDown
from shared.runs.model import ATTEMPTS_KEPT, FINAL, Document, Run, State, read
from shared.runs.pipeline import NOW, Expression, either, equal, every, field, first_match, literal, when
from shared.runs.record import GRACE_MS, NewRun, create


class Verdict(StrEnum):
    TAKEN = "taken"
    MINE = "mine"
    """The same invocation asked before: it has it."""
    BUSY = "busy"
    DONE = "done"
    SUPERSEDED = "superseded"
    """An earlier leg, delivered again (case 10)."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    NEWER = "newer"
    """Newer code has written it: what it asks for, and whether that has been done, is not this code's to judge."""
    EARLY = "early"
    AHEAD = "ahead"
    """A leg or epoch that the record has not reached: its transaction may still be on its way (case 8)."""
    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    """Another job's run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """Who claims, and for what: `attempt` is noted in the run's history."""

    job: str
    token: str
    leg: int | None
    """None, like `epoch`, for a cron: whichever leg is due."""
    epoch: int | None
    tries: int
    lease: float
    """Seconds."""
    attempt: Mapping[str, Any]
    version: int
    """The newest payload and cursor that the claimant can read."""
    singleton: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    verdict: Verdict
    run: Run | None
    now: int
    """The store's clock in milliseconds, at which the verdict was given."""

    @property
    def lease_left(self) -> float:
        return max(0, self.run.lease - self.now) / 1000 if self.run else 0.0

    @property
    def early_by(self) -> float:
        return max(0, self.run.not_before - self.now) / 1000 if self.run else 0.0


async def claim(runs: Collection, run_id: str, by: Claimant, *, new: NewRun | None = None) -> Claim:
    """Take the run if it may be taken. `new` is one that a plain delivery or a cron brings along."""
    for _ in range(8):
        try:
            document: Document | None = await runs.find_one_and_update(
                {"_id": run_id},
                _pipeline(by, new),
                upsert=new is not None,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            continue  # another claimer created it between the look and the insert
        if document is not None:
            return Claim(Verdict(document["verdict"]["kind"]), read(document), document["verdict"]["at"])
        if new is None:
            return Claim(Verdict.UNKNOWN, None, 0)
    raise DependencyDown("mongodb", "a claim lost every race")


def _pipeline(by: Claimant, new: NewRun | None) -> list[Expression]:
    taken = equal("$verdict.kind", Verdict.TAKEN)
    fence = {"$add": [field("fence", 0), 1]}
    attempt = {
        "$mergeObjects": [
            literal(dict(by.attempt)),
            {"started": "$verdict.at", "fence": fence, "leg": "$leg", "epoch": "$epoch"},
        ]
    }
    fresh = every(by.singleton, {"$in": ["$state", list(FINAL)]})
    return [
        *([] if new is None else [create(new)]),
        {"$set": {"verdict": {"kind": _verdict(by), "by": literal(by.token), "at": NOW}}},
        when(
            taken,
            {
                "tries": {"$add": [either(fresh, 0, field("tries", 0)), 1]},
                **{name: either(fresh, None, field(name, None)) for name in ("cursor", "cancel", "reason", "finished")},
                "expires_at": either(fresh, "$$REMOVE", "$expires_at"),
                "state": State.RUNNING.value,
                "holder": literal(by.token),
                "lease": {"$add": ["$verdict.at", int(by.lease * 1000)]},
                "look_at": {"$add": ["$verdict.at", int(by.lease * 1000) + GRACE_MS]},
                "attempts": {"$slice": [{"$concatArrays": [field("attempts", []), [attempt]]}, -ATTEMPTS_KEPT]},
                "fence": fence,
            },
        ),
        when(
            {"$in": ["$verdict.kind", [Verdict.BUSY, Verdict.DONE, Verdict.SUPERSEDED]]},
            {"duplicates": {"$add": [field("duplicates", 0), 1]}},
        ),
    ]


def _verdict(by: Claimant) -> Expression:
    running = equal("$state", State.RUNNING)
    lease_over = {"$lte": [field("lease", 0), NOW]}
    ends = (
        []
        if by.singleton
        else [
            ({"$lte": ["$ends_by", NOW]}, Verdict.EXPIRED),
            ({"$gte": ["$tries", by.tries]}, Verdict.EXHAUSTED),
        ]
    )
    newest = {"$max": ["$version", field("cursor_version", 0)]}
    newer = [] if by.singleton else [({"$gt": [newest, by.version]}, Verdict.NEWER)]
    # A cron's turn that has ended takes its cancellation with it: the next one is not meant.
    ended = {"$in": ["$state", list(FINAL)]}
    final = [] if by.singleton else [(ended, Verdict.DONE)]
    legs = [] if by.leg is None or by.epoch is None else _legs(by.leg, by.epoch)
    return first_match(
        ({"$ne": ["$job", literal(by.job)]}, Verdict.FOREIGN),
        (every(running, equal("$holder", literal(by.token))), Verdict.MINE),
        *final,
        *legs,
        (every(running, {"$not": [lease_over]}), Verdict.BUSY),
        *newer,
        (every({"$ne": [field("cancel", None), None]}, {"$not": [ended]}), Verdict.CANCELLED),
        *ends,
        ({"$gt": [field("not_before", 0), NOW]}, Verdict.EARLY),
        otherwise=Verdict.TAKEN,
    )


def _legs(leg: int, epoch: int) -> list[tuple[Expression, str]]:
    """An older epoch of a live run may claim, the first one wins; an older leg has been done."""
    return [
        ({"$or": [{"$gt": [leg, "$leg"]}, {"$gt": [epoch, "$epoch"]}]}, Verdict.AHEAD),
        ({"$gt": ["$leg", leg]}, Verdict.SUPERSEDED),
    ]
