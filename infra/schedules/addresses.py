"""Where the scheduled functions are: JOB_URL_.. of the environment, else asked of AWS, which gave them their URLs.

Nothing else knows them outside of the deploy: CloudFormation makes them up.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from infra.local.serverless import Service
from infra.schedules.declared import scheduled
from shared.config import JOB_URL_PREFIX
from shared.errors import ConfigurationError, DependencyDown

LIMIT: Final = 10
"""Seconds for a connection, and for an answer."""


def addresses(service: Service, environ: Mapping[str, str], *, client: Any = None) -> Mapping[str, str]:
    """By function. `client` is boto3's for Lambda, made where one is needed. Raises ConfigurationError."""
    given = {name: environ.get(f"{JOB_URL_PREFIX}{name.upper()}", "") for name in scheduled(service)}
    unknown = [name for name, url in given.items() if not url]
    if unknown and service.stage == "local":
        raise ConfigurationError(f"{JOB_URL_PREFIX}{unknown[0].upper()} is not set")
    return {**given, **_asked(service, unknown, client)} if unknown else given


def _asked(service: Service, names: Sequence[str], client: Any) -> Mapping[str, str]:
    from botocore.exceptions import (  # type: ignore[import-untyped]  # it ships no types
        BotoCoreError,
        ClientError,
    )

    deployed = ""
    try:
        asked = client or _client(service.region)
        urls = {}
        for name in names:
            deployed = f"{service.name}-{service.stage}-{name}"
            urls[name] = str(asked.get_function_url_config(FunctionName=deployed)["FunctionUrl"])
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ResourceNotFoundException":
            raise ConfigurationError(f"AWS has no function {deployed} with a URL in {service.region}") from error
        raise DependencyDown("aws", f"{code} for {deployed}") from error
    except BotoCoreError as error:  # no credentials, no region, no connection: its text says which, and no secret
        raise DependencyDown("aws", str(error)) from error
    return urls


def _client(region: str) -> Any:
    import boto3  # type: ignore[import-untyped]  # it ships no types
    from botocore.config import Config  # type: ignore[import-untyped]  # it ships no types

    limits = Config(connect_timeout=LIMIT, read_timeout=LIMIT, retries={"total_max_attempts": 3, "mode": "standard"})
    return boto3.client("lambda", region_name=region, config=limits)
