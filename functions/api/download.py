"""A file for its owner: a signed URL that gives it for minutes, as often as it is asked. Signing it asks nobody.

It is answered as JSON and not by a redirect: what follows a redirect may send our Bearer along to the store (which
refuses two kinds of credentials, and must not see ours), and a page that fetches it would need the store's leave for
the header. The URL gives the file as an attachment of the stored type, under a name with that type's ending. S3 lets
no URL add `nosniff`; an attachment is not shown, so there is nothing to sniff.
"""

from datetime import datetime, timedelta
from typing import Final, Protocol

from pydantic import BaseModel

from shared.clock import World
from shared.runs.model import instant

LIVES: Final = timedelta(minutes=5)


class Download(BaseModel):
    url: str
    """A GET of it gives the file, to whoever has it."""
    expires_at: datetime


class Signing(Protocol):
    """Makes the URL of one file."""

    def __call__(self, *, lives: timedelta) -> str: ...


def download_by(sign: Signing, world: World) -> Download:
    # Read before it is signed, so that no URL ends before it is said to.
    expires_at = int(world.now() + LIVES.total_seconds())
    return Download(url=sign(lives=LIVES), expires_at=instant(expires_at * 1000))
