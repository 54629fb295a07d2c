"""The work of the job: pass after pass, page after page, until all is done or the time is up.

    every turn        adopt ──▶ uploads ──▶ documents ──▶ reports            by their records: cheap, by an index
    `bucket`          ──▶ mark ──▶ sweep ──▶ index ──▶ unfinished             once a day: the whole listing

    time is short     Continue: the next leg goes on with the same pass, behind the last page
    a service away    raised: the leg is done again, from its beginning; what is deleted is not there any more
    two turns at once each does a part, and none deletes what the other has condemned

A dry run goes the same way, writes nothing and deletes nothing, and tells what would be marked and deleted. What the
index would collect it can't tell: the index decides that when it does it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from functions.cleanup_blobs.collecting import abort_unfinished, tidy_index
from functions.cleanup_blobs.contract import CleanupBlobs
from functions.cleanup_blobs.deleted_documents import DOCUMENTS
from functions.cleanup_blobs.dying import passing
from functions.cleanup_blobs.expired_reports import REPORTS
from functions.cleanup_blobs.expired_uploads import UPLOADS
from functions.cleanup_blobs.marking import mark
from functions.cleanup_blobs.progress import Progress
from functions.cleanup_blobs.services import Context, Services
from functions.cleanup_blobs.sweeping import adopt, sweep
from functions.cleanup_blobs.turn import Turn
from shared.clock import World
from shared.context import Continue

PAGE: Final = 60.0
"""Seconds that a page may take: no page but a leg's first is begun when fewer are left."""

PASSES: Final[Mapping[str, Callable[[Turn], Awaitable[bool]]]] = {
    "adopt": adopt,
    "uploads": passing(UPLOADS),
    "documents": passing(DOCUMENTS),
    "reports": passing(REPORTS),
    "mark": mark,
    "sweep": sweep,
    "index": tidy_index,
    "unfinished": abort_unfinished,
}
"""Each does a page, and tells whether there may be more; in their order."""
BY_RECORD: Final = 4
"""So many of them are every turn's."""


async def cleanup_blobs(payload: CleanupBlobs, context: Context) -> dict[str, Any] | Continue:
    """The run's result: what all its legs did (progress.py)."""
    progress = begun(context.world) if context.cursor is None else Progress(**context.cursor)
    turn = make_turn(payload, context.services, progress, by=context.key, world=context.world, log=context.log)

    async def told(now: Progress) -> None:
        await context.progress(now.seen, what="objects seen")

    if not await go_on(turn, bucket=payload.bucket, remaining=context.remaining, told=told):
        return Continue(asdict(progress))
    return ended(turn)


def begun(world: World) -> Progress:
    return Progress(began=int(world.now() * 1000), phase=next(iter(PASSES)))


def make_turn(
    payload: CleanupBlobs, services: Services, progress: Progress, *, by: str, world: World, log: Any
) -> Turn:
    share = services.most_share if payload.most_share is None else payload.most_share
    return Turn(services, progress, by, dry_run=payload.dry_run, most_share=share, world=world, log=log)


async def go_on(
    turn: Turn,
    *,
    bucket: bool,
    remaining: Callable[[], float],
    told: Callable[[Progress], Awaitable[None]],
) -> bool:
    """From where the turn is; whether it is done. `told` hears of each page."""
    progress, phases = turn.progress, list(PASSES)[: None if bucket else BY_RECORD]
    first = True
    while progress.phase is not None:
        if not first and remaining() < PAGE:
            return False
        first = False
        if not await PASSES[progress.phase](turn):
            after = phases.index(progress.phase) + 1
            progress.phase, progress.at = (phases[after] if after < len(phases) else None), None
        await told(progress)
    return True


def ended(turn: Turn) -> dict[str, Any]:
    result = turn.progress.result(dry_run=turn.dry_run)
    turn.log.info("cleanup", extra={"cleanup": result})
    return result
