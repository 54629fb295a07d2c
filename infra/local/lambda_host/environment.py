"""What a function finds in its environment: AWS's variables and its own, and nothing of the machine it runs on.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from collections.abc import Mapping

from infra.local.lambda_host.settings import HostSettings
from infra.local.serverless import FunctionSpec


def function_environment(
    spec: FunctionSpec, settings: HostSettings, *, runtime_api: str, stream: str, extra: Mapping[str, str]
) -> dict[str, str]:
    """The whole environment of one process; `extra` stands in for the function's own variables."""
    name = spec.deployed_name or spec.name
    return {
        **spec.environment,
        **extra,
        "_HANDLER": spec.handler,
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{settings.runtime.version}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory),
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_REGION": settings.region,
        # A role's credentials stand here in AWS. These keep an SDK from finding the developer's own.
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "LAMBDA_TASK_ROOT": str(settings.root_of(spec.name)),
        "LANG": "en_US.UTF-8",
        "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        "TZ": ":UTC",
    }
