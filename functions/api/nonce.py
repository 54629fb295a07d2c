"""The cookie that says which browser has asked for a sign-in link.

A browser keeps its nonce, so that its earlier mails work as well. Browsers take a name with this prefix from this very
host alone, over https (RFC 6265bis, 4.1.3.2): no neighbour in the domain can plant a nonce of its own, by which its
link would sign a visitor in, as somebody else, without being asked.
"""

import re
from typing import Annotated, Final

from fastapi import Depends, Request, Response

from functions.api.services import Services, WithServices

NAME: Final = "sign_in_nonce"
PREFIX: Final = "__Host-"
FORM: Final = re.compile(r"[A-Za-z0-9_-]{40,60}")


def name_of(services: Services) -> str:
    """Without the prefix on plain http, where no browser would take it."""
    return NAME if services.local else f"{PREFIX}{NAME}"


async def _sent(request: Request, services: WithServices) -> str | None:
    nonce = request.cookies.get(name_of(services), "")
    return nonce if FORM.fullmatch(nonce) else None


Nonce = Annotated[str | None, Depends(_sent)]


def keep(response: Response, services: Services, nonce: str, *, seconds: int) -> None:
    response.set_cookie(
        name_of(services),
        nonce,
        max_age=seconds,
        path="/",  # the prefix wants it
        httponly=True,
        secure=not services.local,
        samesite="lax",
    )
