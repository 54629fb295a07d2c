"""Where a stage is: the URLs of its functions, and its HTTP API's.

What the environment does not give only AWS knows: CloudFormation makes it up. The credentials are those that boto3
finds. `client` is boto3's, made where none is given.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from infra.local.serverless import Service
from shared.config import JOB_URL_PREFIX
from shared.errors import ConfigurationError, DependencyDown

LIMIT: Final = 5
"""Seconds for a connection, and for an answer."""
OUTPUT: Final = "HttpApiUrl"
"""What Serverless Framework has the stack say of its HTTP API."""
CALLBACK: Final = "record_failure"
"""What QStash calls about a message that it has given up."""


class NotDeployed(ConfigurationError):
    """There is no such thing yet."""


def given_url(function: str, environ: Mapping[str, str]) -> str:
    """What the environment says that QStash has to call; empty where it does not say."""
    if whole := environ.get("DELIVERY_URL"):
        return whole.replace("{function}", function)
    name = "FAILURE_CALLBACK_URL" if function == CALLBACK else f"{JOB_URL_PREFIX}{function.upper()}"
    return environ.get(name, "")


def function_urls(service: Service, names: Sequence[str], *, client: Any = None) -> Mapping[str, str]:
    """By function; needs `lambda:GetFunctionUrlConfig`. Raises NotDeployed, DependencyDown."""
    asked, urls = client, {}
    for name in names:
        deployed = service.deployed_name(name)
        missing = f"AWS has no function {deployed} with a URL in {service.region}"
        with _asking(deployed, missing, absent="ResourceNotFoundException"):
            asked = asked or client_of("lambda", service.region)
            urls[name] = str(asked.get_function_url_config(FunctionName=deployed)["FunctionUrl"])
    return urls


def api_url(service: Service, *, client: Any = None) -> str:
    """Without a trailing slash; needs `cloudformation:DescribeStacks`. Raises NotDeployed, DependencyDown."""
    missing = f"AWS has no stack {service.stack} with an HTTP API in {service.region}"
    with _asking(service.stack, missing, absent="ValidationError"):
        asked = client or client_of("cloudformation", service.region)
        (found,) = asked.describe_stacks(StackName=service.stack)["Stacks"]
        urls = {output["OutputKey"]: str(output["OutputValue"]) for output in found.get("Outputs", ())}
    if OUTPUT not in urls:
        raise NotDeployed(missing)
    return urls[OUTPUT].rstrip("/")


@contextmanager
def _asking(what: str, missing: str, *, absent: str) -> Iterator[None]:
    """`absent` is AWS's word for a thing that is not there, which is then told as `missing`."""
    from botocore.exceptions import (  # type: ignore[import-untyped]  # it ships no types
        BotoCoreError,
        ClientError,
    )

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == absent:
            raise NotDeployed(missing) from error
        raise DependencyDown("aws", f"{code} for {what}") from error
    except BotoCoreError as error:  # no credentials, no region, no connection: its text says which, and no secret
        raise DependencyDown("aws", str(error)) from error


def client_of(kind: str, region: str) -> Any:
    """boto3's, that waits for nobody for long."""
    import boto3  # type: ignore[import-untyped]  # it ships no types
    from botocore.config import Config  # type: ignore[import-untyped]  # it ships no types

    limits = Config(connect_timeout=LIMIT, read_timeout=LIMIT, retries={"total_max_attempts": 2, "mode": "standard"})
    return boto3.client(kind, region_name=region, config=limits)
