"""Finds free ports for servers that cannot choose their own, and tells whether a server really holds its port.

Between finding a port free and the server's bind another may take it, so a starter looks at who listens before it
believes an answer, and starts again with other ports when its server lost the race.
"""

import secrets
import socket
from pathlib import Path
from typing import Final

from infra.local.guard import LOOPBACK

# Below the range from which Linux gives outgoing connections their ports, also with 10000 added (gRPC, see objects.py).
_FIRST, _LAST = 12000, 22000
_TRIES: Final = 1000
_LISTEN: Final = "0A"  # TCP_LISTEN in /proc/net/tcp


def free_ports(count: int, *, offsets: tuple[int, ...] = (0,)) -> list[int]:
    """Find `count` ports which are free now, and so is each one plus each of `offsets`."""
    found: list[int] = []
    for _ in range(_TRIES):
        port = _FIRST + secrets.randbelow(_LAST - _FIRST)
        if port not in found and all(_is_free(port + offset) for offset in offsets):
            found.append(port)
        if len(found) == count:
            return found
    raise OSError(f"found only {len(found)} of {count} free ports in {_TRIES} tries")


def listens(pid: int, port: int) -> bool:
    """Whether the process `pid` itself, and no other, listens on loopback's `port`."""
    wanted = {f"socket:[{inode}]" for inode in _listeners(port)}
    if not wanted:
        return False
    try:
        return any(_target(link) in wanted for link in Path(f"/proc/{pid}/fd").iterdir())
    except (FileNotFoundError, PermissionError, ProcessLookupError):  # the process has ended
        return False


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except (FileNotFoundError, PermissionError, ProcessLookupError):  # closed while we looked
        return ""


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _listeners(port: int) -> set[str]:
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {row[9] for row in rows if row[3] == _LISTEN and int(row[1].partition(":")[2], 16) == port}
