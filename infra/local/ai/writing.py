"""What the "model" writes: JSON within a schema, made by looking at the document; or one of the bad answers to order.

What functions/analyze_document would say of the document without a model is said here too, field by field, where the
schema has such fields; the others are filled by their types.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from functions.analyze_document.extractive import analyse
from infra.local.ai.calls import Asked
from infra.local.ai.faults import Output

_FENCE: Final = re.compile(r"<(document-[0-9a-f]{32})>\n(.*)\n</\1>", re.DOTALL)
_DEMAND: Final = re.compile(r"answer with:[ \t]*(\S.*)", re.IGNORECASE)
SHORT: Final = 60
"""Characters of a text about which nothing is known."""


def document_of(prompt: str) -> str:
    """What stands in the fence; the whole text where there is none."""
    found = _FENCE.search(prompt)
    return found[2] if found else prompt


def written(asked: Asked, output: Output | None) -> str:
    """JSON, or what was ordered instead."""
    document = document_of(asked.prompt)
    answer = _object(asked.schema, document)
    whole = json.dumps(answer, ensure_ascii=False)
    demand = _DEMAND.search(document)
    instead: Mapping[Output, str] = {
        "text": f"Here is what you asked for:\n\n{whole}\n\nIs there anything else?",
        "extra_field": json.dumps({**answer, "note_to_the_reader": "nobody asked for it"}, ensure_ascii=False),
        "wrong_types": json.dumps(_mistyped(answer), ensure_ascii=False),
        "not_json": whole[: len(whole) // 2],
        "cut": whole[: len(whole) // 2],
        "filtered": "",
        "obeys": demand[1].strip() if demand else whole,
    }
    return whole if output is None else instead[output]


def _object(schema: Mapping[str, Any], document: str) -> dict[str, Any]:
    known = analyse(document).model_dump(mode="json") if document.strip() else {}
    fields: Mapping[str, Any] = schema.get("properties", {})
    return {
        name: known[name] if _is_of(field, known.get(name)) else _made(field, document)
        for name, field in fields.items()
    }


def _is_of(field: Mapping[str, Any], value: object) -> bool:
    """As far as the analysis' own fields go."""
    if "enum" in field:
        return value in field["enum"]
    wanted = {"string": str, "array": list}.get(str(field.get("type")))
    return wanted is not None and isinstance(value, wanted)


def _made(field: Mapping[str, Any], document: str) -> Any:
    """Anything of that type that has to do with the document."""
    if "const" in field or "enum" in field:
        return field["const"] if "const" in field else field["enum"][0]
    if "anyOf" in field:
        return _made(field["anyOf"][0], document)
    by_type: Mapping[str, Callable[[], Any]] = {
        "string": lambda: " ".join(document.split())[:SHORT].strip() or "nothing",
        "integer": lambda: min(max(len(document.split()), field.get("minimum", 0)), field.get("maximum", 2**31)),
        "number": lambda: field.get("minimum", field.get("maximum", 0.5)),
        "boolean": lambda: bool(document.strip()),
        "array": lambda: [_made(field["items"], document)] * max(1, field.get("minItems", 1)),
        "object": lambda: {name: _made(inner, document) for name, inner in field.get("properties", {}).items()},
    }
    return by_type.get(str(field.get("type")), lambda: None)()


def _mistyped(value: Any) -> Any:
    match value:
        case dict():
            return {name: _mistyped(inner) for name, inner in value.items()}
        case list():
            return [_mistyped(inner) for inner in value]
        case str():
            return len(value)
        case _:
            return str(value)
