"""Every answer that these tests see is held against the OpenAPI document: its status, and each of its headers."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

from tests.integration.api.front import EVERYWHERE

OURS = ("/v1/documents", "/v1/uploads", "/v1/reports", "/v1/search")


def as_told(document: Mapping[str, Any], ours: tuple[str, ...] = OURS) -> Callable[[httpx.Response], Awaitable[None]]:
    """An httpx hook that fails for an answer which the document does not tell, at the addresses that are `ours`."""
    paths = {
        re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)): operations
        for path, operations in document["paths"].items()
        if path.startswith(ours)
    }

    async def look(answer: httpx.Response) -> None:
        request = answer.request
        for path, operations in paths.items():
            if path.fullmatch(request.url.path) and request.method.lower() in operations:
                responses = operations[request.method.lower()]["responses"]
                assert str(answer.status_code) in responses, f"{request.method} {path.pattern} {answer.status_code}"
                told = {name.lower() for name in responses[str(answer.status_code)].get("headers", {})}
                seen = {name for name in answer.headers if name not in EVERYWHERE and not name.startswith("access-")}
                assert seen <= told, f"{request.method} {path.pattern} {answer.status_code}: {seen - told}"

    return look
