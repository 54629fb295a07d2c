"""The one page: where a magic link leads. Fetching it consumes nothing; its button POSTs the token (case 25).

Run and token are in the fragment, which never reaches us. The page loads its own two files and nothing else, and can
talk to nobody but this API.
"""

from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Response

PAGES: Final = Path(__file__).parent.parent / "pages"

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@cache
def _read(name: str) -> bytes:
    return (PAGES / name).read_bytes()


async def page() -> Response:
    headers = {"Content-Security-Policy": POLICY, "Cross-Origin-Opener-Policy": "same-origin"}
    return Response(_read("sign-in.html"), media_type="text/html", headers=headers)


async def script() -> Response:
    return Response(_read("sign-in.js"), media_type="text/javascript")


async def style() -> Response:
    return Response(_read("sign-in.css"), media_type="text/css")


def router() -> APIRouter:
    made = APIRouter(include_in_schema=False)
    for path, serve in (("/sign-in", page), ("/sign-in.js", script), ("/sign-in.css", style)):
        made.add_api_route(path, serve, methods=["GET", "HEAD"])
    return made
