"""Which function an HTTP API gives a request to.

The most specific route wins, as in API Gateway: a fixed path before variables before `{name+}`, a named method
before ANY, `$default` last.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from infra.local.serverless import FunctionSpec


@dataclass(frozen=True, slots=True)
class Match:
    function: str
    route_key: str
    parameters: dict[str, str]


class Routes:
    """The routes of all functions."""

    def __init__(self, specs: Iterable[FunctionSpec]) -> None:
        routes = [(key, spec.name) for spec in specs for key in spec.http_routes]
        self._routes = sorted(routes, key=lambda route: _rank(route[0]))

    def match(self, method: str, path: str) -> Match | None:
        """Find the route of a request by its raw path; None where there is none."""
        for key, function in self._routes:
            parameters = _parameters(key, method, path)
            if parameters is not None:
                return Match(function, key, parameters)
        return None


def _rank(key: str) -> tuple[bool, bool, int, int, bool]:
    method, _, path = key.partition(" ")
    segments = path.split("/")[1:]
    variables = sum(segment.startswith("{") for segment in segments)
    return (key == "$default", path.endswith("+}"), variables, -len(segments), method == "ANY")


def _parameters(key: str, method: str, path: str) -> dict[str, str] | None:
    if key == "$default":
        return {}
    wanted_method, _, template = key.partition(" ")
    if wanted_method not in {"ANY", method}:
        return None
    wanted, given = template.split("/")[1:], path.split("/")[1:]
    if wanted and wanted[-1].endswith("+}") and len(given) >= len(wanted):
        given = [*given[: len(wanted) - 1], "/".join(given[len(wanted) - 1 :])]
    if len(wanted) != len(given):
        return None
    parameters: dict[str, str] = {}
    for want, have in zip(wanted, given, strict=True):
        if want.startswith("{"):
            if not have:
                return None
            parameters[want.strip("{}+")] = unquote(have)
        elif want != have:
            return None
    return parameters
