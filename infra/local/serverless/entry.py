"""What may stand under a function in `serverless.yml`: an option that the host does not follow is refused."""

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infra.local.serverless.document import ServerlessError

_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY", "*"})


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Route(_Entry):
    method: str = "*"
    path: str


class Event(_Entry):
    http_api: str | Route = Field(alias="httpApi")


class FunctionEntry(_Entry):
    """One entry under `functions`, with the provider's defaults filled in."""

    handler: str
    timeout: int
    memory_size: int = Field(alias="memorySize")
    reserved_concurrency: int | None = Field(default=None, alias="reservedConcurrency")
    environment: dict[str, Any] = {}
    # With IAM, CORS or streaming a URL behaves in ways that the host does not show.
    url: bool = False
    events: tuple[Event, ...] = ()

    # These change nothing about how a function behaves on one machine.
    description: str = ""
    package: dict[str, Any] = {}
    tags: dict[str, str] = {}
    tracing: Any = None
    # In megabytes, within AWS's limits.
    ephemeral_storage_size: int = Field(default=512, ge=512, le=10_240, alias="ephemeralStorageSize")
    log_retention_in_days: int | None = Field(default=None, alias="logRetentionInDays")


def read_entry(name: str, entry: dict[str, Any]) -> FunctionEntry:
    """One function's entry, resolved; raises ServerlessError at its first fault."""
    try:
        return FunctionEntry.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(["functions", name, *(str(part) for part in first["loc"])])
        raise ServerlessError(place, f"not known here ({first['msg']})") from error


def route_key(route: str | Route, place: str) -> str:
    """How API Gateway spells a route: `get /jobs` is `GET /jobs`, `*` is `$default`, any method is `ANY`."""
    if route == "*":
        return "$default"
    method, _, path = route.partition(" ") if isinstance(route, str) else (route.method, " ", route.path)
    if method.upper() not in _METHODS or not path.startswith("/"):
        raise ServerlessError(place, f"{route!r} is no route")
    return f"{'ANY' if method == '*' else method.upper()} {path}"
