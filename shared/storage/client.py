"""boto3's client of one bucket's endpoint: built at its first use, in a few ten milliseconds, with no call to anyone.

Everything is said here, so that nothing of a machine's own AWS configuration (profiles, regions, a role's credentials)
speaks for a store that is not AWS's. botocore's retries are off; ours know what is safe (shared/retries.py).
"""

from dataclasses import dataclass
from typing import Any, Final

from shared.config import StorageSettings
from shared.storage.providers import PROVIDERS, addressing

NO_PROFILE: Final = {"profile": (None, None, None, None)}
"""AWS_PROFILE is not read, as botocore writes that: one that does not exist would keep us from the store."""


@dataclass(frozen=True, slots=True)
class Client:
    """boto3's, which threads may share, and its connections."""

    s3: Any
    wire: Any

    def close(self) -> None:
        self.s3.close()
        self.wire.close()


def build(settings: StorageSettings) -> Client:
    import boto3  # type: ignore[import-untyped]  # it ships no types
    import botocore.session  # type: ignore[import-untyped]  # it ships no types
    from botocore.config import Config  # type: ignore[import-untyped]  # it ships no types

    from shared.aws.wire import Wire

    endpoint = settings.storage_endpoint
    session = boto3.session.Session(
        botocore_session=botocore.session.Session(session_vars=NO_PROFILE),
        aws_access_key_id=settings.storage_access_key_id,
        aws_secret_access_key=settings.storage_secret_access_key.get_secret_value(),
        region_name=settings.storage_region,
    )
    s3 = session.client(
        "s3",
        endpoint_url=endpoint,
        config=Config(
            signature_version="s3v4",
            retries={"total_max_attempts": 1, "mode": "standard"},
            # Checksums are ours, and whole: those that botocore adds by itself come as trailers, which not all take.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": addressing(PROVIDERS[settings.storage_provider], endpoint)},
        ),
    )
    wire = Wire(endpoint)
    s3.meta.events.register("before-send.s3", wire.answer)
    return Client(s3, wire)
