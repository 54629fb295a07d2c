"""The service as the local stack hosts it: its functions, and their environments once addresses are known.

Two steps, because a function's environment holds the URLs of others, and those exist only when their ports
are bound: `read_service` gives a Service, and `Service.specs(addresses)` the functions as they would be deployed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.local.serverless.document import ServerlessError, load_document
from infra.local.serverless.entry import FunctionEntry, read_entry, route_key
from infra.local.serverless.schedule import Schedule, read_schedules
from infra.local.serverless.variables import Resolver

_API_ENDPOINT: Final = ("HttpApi", "ApiEndpoint")


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """One function as it would be deployed."""

    name: str
    handler: str
    timeout: float
    """Seconds; AWS allows whole ones only."""
    memory: int
    """Megabytes."""
    reserved_concurrency: int | None
    environment: Mapping[str, str]
    has_url: bool = False
    http_routes: tuple[str, ...] = ()
    """Route keys of the HTTP API: `GET /v1/jobs/{id}`, `ANY /{proxy+}`, `$default`."""
    deployed_name: str = ""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the host serves, as AWS writes it: the API without a trailing slash, a Function URL with one."""

    api: str
    functions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Service:
    """What `serverless.yml` says for one stage, still without addresses."""

    name: str
    stage: str
    region: str
    schedules: Mapping[str, Schedule]
    """Of QStash, by their ids."""
    entries: Mapping[str, FunctionEntry]
    environments: Mapping[str, Mapping[str, Any]]
    runtime: str = ""
    """As AWS spells it: `python3.13`."""
    architecture: str = ""

    @property
    def stack(self) -> str:
        """What CloudFormation calls all of it: `millrace-dev`."""
        return f"{self.name}-{self.stage}"

    @property
    def urls(self) -> tuple[str, ...]:
        """The functions that have a Function URL."""
        return tuple(name for name, entry in self.entries.items() if entry.url)

    def deployed_name(self, function: str) -> str:
        """What AWS calls it: `millrace-dev-send_email`."""
        return f"{self.stack}-{function}"

    def specs(self, addresses: Addresses) -> tuple[FunctionSpec, ...]:
        """The functions with their environments filled in; raises ServerlessError where that cannot be."""
        attributes = {(logical_url_id(name), "FunctionUrl"): url for name, url in addresses.functions.items()}
        attributes[_API_ENDPOINT] = addresses.api
        return tuple(
            FunctionSpec(
                name=name,
                handler=entry.handler,
                timeout=entry.timeout,
                memory=entry.memory_size,
                reserved_concurrency=entry.reserved_concurrency,
                environment={
                    key: _plain(value, attributes, f"functions.{name}.environment.{key}")
                    for key, value in self.environments[name].items()
                },
                has_url=entry.url,
                http_routes=tuple(
                    route_key(event.http_api, f"functions.{name}.events.{index}.httpApi")
                    for index, event in enumerate(entry.events)
                ),
                deployed_name=self.deployed_name(name),
            )
            for name, entry in self.entries.items()
        )


def read_service(path: Path, *, stage: str, env: Mapping[str, str]) -> Service:
    """Read `serverless.yml` for a stage, `env` serving `${env:..}`; raises ServerlessError at the place."""
    document = load_document(path)
    if not isinstance(document, Mapping):
        raise ServerlessError(str(path), "is no mapping")
    resolver = Resolver(document, folder=path.parent, stage=stage, env=env)
    provider = document.get("provider") or {}
    # What a function does not say for itself: the provider's setting, else Serverless Framework's default.
    defaults = {
        "timeout": provider.get("timeout", 6),
        "memorySize": provider.get("memorySize", 1024),
    }
    shared = resolver.at("provider.environment") or {}
    entries = {
        name: read_entry(name, {**defaults, **resolver.at(f"functions.{name}")})
        for name in document.get("functions") or {}
    }
    schedules = read_schedules(resolver.at("custom.schedules") or {})
    for name, schedule in schedules.items():
        if schedule.function not in entries or not entries[schedule.function].url:
            raise ServerlessError(f"custom.schedules.{name}", "is no function with a Function URL")
    return Service(
        name=str(resolver.at("service")),
        stage=stage,
        region=str(resolver.at("provider.region") or "us-east-1"),
        schedules=schedules,
        entries=entries,
        environments={name: {**shared, **entry.environment} for name, entry in entries.items()},
        runtime=str(resolver.at("provider.runtime") or ""),
        architecture=str(resolver.at("provider.architecture") or "x86_64"),
    )


def logical_url_id(name: str) -> str:
    """What CloudFormation calls a function's URL: `send_email` is `SendUnderscoreemailLambdaFunctionUrl`."""
    spelt = name.replace("-", "Dash").replace("_", "Underscore")
    return f"{spelt[:1].upper()}{spelt[1:]}LambdaFunctionUrl"


def _plain(value: object, attributes: Mapping[tuple[str, str], str], place: str) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case {"Fn::GetAtt": [str(resource), str(attribute)]}:
            if (resource, attribute) not in attributes:
                raise ServerlessError(place, f"!GetAtt {resource}.{attribute} is no address that is hosted here")
            return attributes[resource, attribute]
        case _:
            raise ServerlessError(place, f"a text, a number or !GetAtt of an address is known here, not {value!r}")
