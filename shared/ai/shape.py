"""The shape that a model must keep to: a pydantic model, told as JSON schema and held against what came back.

The schema keeps to what both providers take: objects are closed and have all their fields, nothing is referred to,
and of the keywords only those of KEPT. How long a text may be is said in words, because both refuse it as a keyword;
pydantic judges the answer by all of it.

https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
https://docs.aws.amazon.com/nova/latest/userguide/tool-use-definition.html
"""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from shared.told import wrong_fields

M = TypeVar("M", bound=BaseModel)

KEPT: Final = frozenset(
    {"type", "description", "enum", "const", "items", "anyOf", "minimum", "maximum", "minItems", "maxItems"}
)

MOST_TOLD: Final = 1_000
"""Characters of what was wrong: it goes into the next question, and an answer may have any number of faults."""


class Misshapen(Exception):
    """An answer that is not of the shape; `faults` names fields of the shape, and nothing that the model wrote."""

    def __init__(self, faults: str) -> None:
        super().__init__(faults)
        self.faults = faults


def read(shape: type[M], text: str | None) -> M:
    """The answer, if it is exactly of the shape: no other types, no other fields. Raises Misshapen."""
    if text is None:
        raise Misshapen("no answer in the shape")
    try:
        return shape.model_validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        raise Misshapen(wrong_fields(error)[:MOST_TOLD]) from None


def schema_of(shape: type[BaseModel]) -> dict[str, Any]:
    """A shape that holds itself has none: RecursionError."""
    whole = shape.model_json_schema()
    return _plain(whole, whole.get("$defs", {}))


def _plain(node: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        meant = known[node["$ref"].rpartition("/")[2]]
        return _plain({**meant, **{name: value for name, value in node.items() if name != "$ref"}}, known)
    plain = {name: value for name, value in node.items() if name in KEPT}
    if words := _told(node):
        plain["description"] = words
    if "items" in node:
        plain["items"] = _plain(node["items"], known)
    if "anyOf" in node:
        plain["anyOf"] = [_plain(one, known) for one in node["anyOf"]]
    if node.get("type") == "object":
        fields = {name: _plain(field, known) for name, field in node.get("properties", {}).items()}
        plain |= {"properties": fields, "required": list(fields), "additionalProperties": False}
    return plain


def _told(node: Mapping[str, Any]) -> str:
    parts = [node["description"]] if "description" in node else []
    if "maxLength" in node:
        parts.append(f"{max(1, node.get('minLength', 1))} to {node['maxLength']} characters.")
    return " ".join(parts)
