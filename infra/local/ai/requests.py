"""What both protocols look for in a request, each refusing in its own words what does not hold."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.requests import Request

REFUSED_KEYWORDS: Final = frozenset({"$ref", "$defs", "minLength", "maxLength", "default", "prefixItems"})
"""Of JSON schema: what one of the providers does not take, or not everywhere."""

Wrong = Callable[[str], Exception]


async def body_of(request: Request, wrong: Wrong) -> Mapping[str, Any]:
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise wrong("The request body is not a JSON object.")
    return body


def checked_schema(schema: object, wrong: Wrong) -> dict[str, Any]:
    """An object's, whose objects are closed and require all their fields where they say so at all."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        raise wrong("The schema must be of an object.")
    for node in _nodes(schema):
        if found := REFUSED_KEYWORDS & node.keys():
            raise wrong(f"The schema has keywords that are not supported: {', '.join(sorted(found))}.")
        if node.get("type") == "object" and set(node.get("required", ())) != set(node.get("properties", ())):
            raise wrong("The schema must require all properties.")
    return schema


def _nodes(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    inner = [*node.get("properties", {}).values(), *node.get("anyOf", ())]
    inner += [node["items"]] if "items" in node else []
    return [node, *(found for one in inner for found in _nodes(one))]
