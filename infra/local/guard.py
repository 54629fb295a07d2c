"""Keeps the local servers' pages and calls to this machine, whatever a browser was made to believe."""

import re
from ipaddress import ip_address
from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK: Final = "127.0.0.1"
_HOST: Final = re.compile(r"(?P<name>[^:\[\]]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?")


class LoopbackHost:
    """Refuses a request whose Host is not this machine: DNS rebinding gives a hostile name our address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_loopback(_host_header(scope)):
            refusal = PlainTextResponse("This development server answers on loopback names only.\n", 421)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def is_loopback(host: str) -> bool:
    """Whether a Host header (`name`, `name:port`, `[::1]:port`) names this machine itself."""
    read = _HOST.fullmatch(host)
    if read is None:
        return False
    name = read["name"].strip("[]")
    if name.lower() == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _host_header(scope: Scope) -> str:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    return hosts[0].decode("latin-1") if len(hosts) == 1 else ""
