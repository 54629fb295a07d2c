"""Where the scheduled functions are: given by the environment, else asked of AWS, which gave them their URLs."""

from collections.abc import Mapping
from typing import Any

from infra.deployed import function_urls, given_url
from infra.local.serverless import Service
from infra.schedules.declared import scheduled
from shared.config import JOB_URL_PREFIX
from shared.errors import ConfigurationError


def addresses(service: Service, environ: Mapping[str, str], *, client: Any = None) -> Mapping[str, str]:
    """By function. `client` is boto3's for Lambda. Raises ConfigurationError; NotDeployed, where there is none yet."""
    given = {name: given_url(name, environ) for name in scheduled(service)}
    unknown = [name for name, url in given.items() if not url]
    if unknown and service.stage == "local":
        raise ConfigurationError(f"{JOB_URL_PREFIX}{unknown[0].upper()} is not set")
    return {**given, **function_urls(service, unknown, client=client)} if unknown else given
