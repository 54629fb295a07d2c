"""The S3-compatible server of the local stack."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]  # it ships no types
import pytest
from botocore import UNSIGNED  # type: ignore[import-untyped]  # it ships no types
from botocore.config import Config  # type: ignore[import-untyped]  # it ships no types
from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # it ships no types

from infra.local.servers import objects

ACCESS, SECRET = "local-access", "local-secret"


def client(server: objects.Running, secret: str = SECRET, **config: Any) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name="auto",
        aws_access_key_id=ACCESS,
        aws_secret_access_key=secret,
        config=Config(connect_timeout=5, read_timeout=5, s3={"addressing_style": "path"}, **config),
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[objects.Running]:
    running = objects.start(tmp_path / "data", log_dir=tmp_path, access_key=ACCESS, secret_key=SECRET)
    yield running
    running.kill()


def test_what_was_acknowledged_survives_a_kill_and_a_move_to_other_ports(
    server: objects.Running, tmp_path: Path
) -> None:
    client(server).create_bucket(Bucket="desk")
    client(server).put_object(Bucket="desk", Key="a/b.txt", Body=b"kept")
    server.kill()
    again = objects.start(tmp_path / "data", log_dir=tmp_path, access_key=ACCESS, secret_key=SECRET)
    assert client(again).get_object(Bucket="desk", Key="a/b.txt")["Body"].read() == b"kept"
    client(again).put_object(Bucket="desk", Key="a/c.txt", Body=b"and written to again")
    again.kill()


def test_only_the_given_key_pair_is_let_in(server: objects.Running) -> None:
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client(server, secret="another").list_buckets()
    with pytest.raises(ClientError, match="AccessDenied"):
        client(server, signature_version=UNSIGNED).list_buckets()


def test_two_run_side_by_side_and_leave_no_socket_behind(server: objects.Running, tmp_path: Path) -> None:
    other = objects.start(tmp_path / "other", log_dir=tmp_path, name="other", access_key=ACCESS, secret_key=SECRET)
    client(server).create_bucket(Bucket="desk")
    assert client(other).list_buckets()["Buckets"] == []
    other.stop()
    assert server.child.alive()
    assert not [port for port in other.ports.values() if list(Path("/tmp").glob(f"seaweedfs-*-{port + 10000}.sock"))]
