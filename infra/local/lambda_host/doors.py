"""The ports of a host, bound before anything runs, because the functions' environments hold their addresses."""

import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from infra.local.lambda_host.listener import authority, bind
from infra.local.serverless import Addresses


@dataclass(frozen=True, slots=True)
class Doors:
    """One bound socket for the HTTP API, one for the host's own calls, and one a Function URL."""

    api: socket.socket
    admin: socket.socket
    functions: Mapping[str, socket.socket]

    @classmethod
    def bind(
        cls, functions: Iterable[str], *, api_port: int = 0, function_ports: Mapping[str, int] | None = None
    ) -> Self:
        """Bind them all; a port that is not named is any free one."""
        ports = function_ports or {}
        return cls(
            api=bind(api_port),
            admin=bind(),
            functions={name: bind(ports.get(name, 0)) for name in functions},
        )

    @property
    def addresses(self) -> Addresses:
        return Addresses(
            api=f"http://{authority(self.api)}",
            functions={name: f"http://{authority(bound)}/" for name, bound in self.functions.items()},
        )

    @property
    def admin_address(self) -> str:
        return f"http://{authority(self.admin)}"

    def as_json(self) -> dict[str, Any]:
        """All addresses, for those outside this process."""
        where = self.addresses
        return {"api": where.api, "admin": self.admin_address, "functions": dict(where.functions)}

    def close(self) -> None:
        for bound in (self.api, self.admin, *self.functions.values()):
            bound.close()
