"""Hosts the bundle's functions on one machine as AWS Lambda does: processes, timeouts, limits, URLs and events."""

from infra.local.lambda_host.doors import Doors
from infra.local.lambda_host.host import LambdaHost
from infra.local.lambda_host.pool import ProcessInfo
from infra.local.lambda_host.sandbox import State
from infra.local.lambda_host.settings import HostSettings

__all__ = ["Doors", "HostSettings", "LambdaHost", "ProcessInfo", "State"]
