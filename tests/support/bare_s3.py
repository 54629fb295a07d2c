"""boto3's own client of a bucket, used as its documentation shows it: what ours is compared with."""

from typing import Any

import boto3  # type: ignore[import-untyped]  # it ships no types
from botocore.config import Config  # type: ignore[import-untyped]  # it ships no types

from shared.config import StorageSettings


def bare_s3(settings: StorageSettings) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=settings.storage_endpoint,
        region_name=settings.storage_region,
        aws_access_key_id=settings.storage_access_key_id,
        aws_secret_access_key=settings.storage_secret_access_key.get_secret_value(),
        config=Config(signature_version="s3v4"),
    )
