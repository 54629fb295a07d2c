"""What no listing shows as an orphan: dead generations of the search index, and parts of uploads never completed."""

from typing import Final

from functions.cleanup_blobs.turn import Turn

INDEX: Final = "search_index"
UNFINISHED: Final = "multipart"


async def tidy_index(turn: Turn) -> bool:
    """Its own rules say what is dead. Where it is a database that is rows, which have no bytes here."""
    if not turn.dry_run:
        tidied = await turn.services.index().tidy()
        turn.tell(INDEX, tidied.count, tidied.bytes)
    return False


async def abort_unfinished(turn: Turn) -> bool:
    """A page of multipart uploads: those that were begun before the grace and are not completed."""
    multipart = turn.storage.multipart
    page, following = await multipart.page(turn.progress.at or ())
    old = [one for one in page if one.begun.timestamp() * 1000 <= turn.before(turn.services.periods.grace)]
    size = 0
    for one in old:
        size += await multipart.size(one)
        if not turn.dry_run:
            await multipart.abort(one)
    turn.tell(UNFINISHED, len(old), size)
    turn.progress.at = list(following)
    return bool(following)
