"""Makes the bucket of the local stack, into which browsers may put and out of which they may get."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, Final

from infra.bootstrap.cors import allowing
from shared.config import StorageSettings
from shared.storage.client import build

ACCESS_KEY: Final = "local-storage-key"
SECRET_KEY: Final = "local-storage-secret"
NAME: Final = "millrace-local"
ORIGINS: Final = "http://localhost:3000"


def settings(endpoint: str, *, provider: str = "tigris", name: str = NAME) -> StorageSettings:
    """A server of ours, which plays either provider's part."""
    return StorageSettings.model_validate(
        {
            "stage": "local",
            "storage_provider": provider,
            "storage_endpoint": endpoint,
            "storage_bucket": name,
            "storage_access_key_id": ACCESS_KEY,
            "storage_secret_access_key": SECRET_KEY,
        }
    )


def make(endpoint: str, environ: Mapping[str, str]) -> None:
    """The one that the stage file names, for its origins. One that is there keeps what it holds."""
    name = environ.get("STORAGE_BUCKET") or NAME
    origins = environ.get("CORS_ORIGINS", ORIGINS)
    with closing(build(settings(endpoint, name=name))) as client:
        _make(client.s3, name, [origin.strip() for origin in origins.split(",") if origin.strip()])


def _make(s3: Any, name: str, origins: Sequence[str]) -> None:
    if name not in {there["Name"] for there in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=name)
    if origins:
        s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": allowing(origins)})
    else:
        s3.delete_bucket_cors(Bucket=name)
