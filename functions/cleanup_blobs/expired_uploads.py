"""Uploads whose URL works no longer: those that nobody claimed, and the originals of those that were.

unclaimed ──condemn──▶ condemned ──▶ object gone ──▶ erased             (shared/documents/uploads.py: case 27)
claimed ─────────────────────────▶ object gone ──▶ erased               its document has a copy of its own (case 26)
"""

from collections.abc import Mapping, Sequence
from typing import Final

from functions.cleanup_blobs.dying import Dying, Kind, summed
from functions.cleanup_blobs.turn import Turn
from shared.blobs.pieces import pieces
from shared.database import reachable
from shared.documents import UploadState, uploads

UNCLAIMED: Final = "upload_unclaimed"
CLAIMED: Final = "upload_claimed"
REASONS: Final = {
    UploadState.UNCLAIMED.value: UNCLAIMED,
    UploadState.CONDEMNED.value: UNCLAIMED,
    UploadState.CLAIMED.value: CLAIMED,
}


async def _due(turn: Turn, limit: int, besides: Sequence[str]) -> Sequence[Dying]:
    async with reachable():
        until = turn.before(turn.services.periods.late)
        found = await uploads.due(turn.database, until=until, besides=besides, limit=limit)
    return [Dying(one.id, (one.key,), one.promise.size, REASONS[one.state.value]) for one in found]


async def _doom(turn: Turn, dying: Sequence[Dying]) -> Sequence[Dying]:
    unclaimed = [one.id for one in dying if one.reason == UNCLAIMED]
    condemned: set[str] = set()
    async with reachable():
        for piece in pieces(unclaimed):
            condemned |= set(await uploads.condemn(turn.database, piece, late=turn.services.periods.late))
    return [one for one in dying if one.reason == CLAIMED or one.id in condemned]


async def _erase(turn: Turn, dying: Sequence[Dying]) -> None:
    async with reachable():
        for piece in pieces([one.id for one in dying]):
            await uploads.erase(turn.database, piece)


async def _would(turn: Turn) -> Mapping[str, tuple[int, int]]:
    wanted = uploads.expired(turn.before(turn.services.periods.late))
    return await summed(turn.database.uploads, wanted, {"by": "$state", "count": 1, "bytes": "$size"}, REASONS)


UPLOADS: Final = Kind(page=1000, due=_due, doom=_doom, erase=_erase, would=_would)
