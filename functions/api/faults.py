"""Turns what the framework raises into problem documents that name the field and never repeat the input (case 32)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from functions.api.problems import FieldError, Problem, invalid, respond

TOLD_BY_OTHERS: Final = frozenset({"error", "tag"})
"""Context keys of pydantic errors whose text comes from a validator or from the input: such messages are not shown.

A payload model that wants to say more raises PydanticCustomError with words of its own.
"""


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)


async def _problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return respond(request.scope, error)


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    match error.status_code:
        case 404:
            problem = Problem(404, None, "There is nothing at this address.")
        case 405:
            allow = ", ".join(sorted(_methods(request.app, request.url.path)))
            problem = Problem(405, None, "This address does not take this method.", {"Allow": allow})
        case 400:
            problem = malformed()
        case status:
            problem = Problem(status, None, "The request can't be served.", dict(error.headers or {}))
    return respond(request.scope, problem)


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    faults: Sequence[Mapping[str, Any]] = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return respond(request.scope, malformed())
    names = known_names(request.app.openapi())
    errors = [_field_error(fault, names) for fault in faults]
    return respond(request.scope, invalid(*errors))


def malformed() -> Problem:
    return Problem(400, "malformed", "The body is not JSON.")


def _field_error(fault: Mapping[str, Any], names: frozenset[str]) -> FieldError:
    part, *path = fault["loc"]
    steps = []
    for step in path:
        if isinstance(step, str) and step not in names:
            break  # the sender's own word: an unknown field, the key of a map
        steps.append(f"/{step}")
    return FieldError(part=part, pointer=f"#{''.join(steps)}", detail=_words(fault))


def _words(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "extra_forbidden":
        return "has a field that is not known here"
    if TOLD_BY_OTHERS & set(fault.get("ctx") or {}):
        return f"is not valid ({fault['type']})"
    return str(fault["msg"])


def known_names(schema: object) -> frozenset[str]:
    """Every name of a field or parameter in an OpenAPI document: what an error may call by its name."""
    return frozenset(_names(schema))


def _names(node: object) -> Iterable[str]:
    if isinstance(node, Mapping):
        if isinstance(properties := node.get("properties"), Mapping):
            yield from properties
        if "in" in node and isinstance(name := node.get("name"), str):
            yield from (name, name.lower())
        for child in node.values():
            yield from _names(child)
    elif isinstance(node, list):
        for child in node:
            yield from _names(child)


def _methods(app: FastAPI, path: str) -> Iterable[str]:
    """What the address does take: an Allow header lists all of it, whichever route each is."""
    routes: Sequence[APIRoute] = app.state.routes
    return {method for route in routes if route.path_regex.match(path) for method in route.methods or ()}
