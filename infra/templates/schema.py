"""The mails' props as others see them: JSON Schema for the templates' types, leaves for the checks."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from functions.send_email.mails import MAILS, Props

TYPESCRIPT: Final = {"uri": "Url", "date-time": "Moment", "multiline": "Paragraphs"}
"""Formats with a type of their own in `src/slots.ts`."""

Kind = Literal["text", "multiline", "uri", "date-time", "integer", "list", "optional"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing a template can name: its path, what it is, and the list or optional part it lives in."""

    path: str
    kind: Kind
    within: tuple[str, ...] = ()


class _ForTemplates(GenerateJsonSchema):
    """Every prop is there when a template is filled, so none is optional; titles would become types."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,  # noqa: ARG002 the base's signature
        total: bool,  # noqa: ARG002, FBT001 the base's signature
    ) -> bool:
        return True

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 the base's signature
        return False


def schema() -> dict[str, Any]:
    """One JSON Schema for all mails: an object whose keys are the templates' names."""
    _, definitions = models_json_schema([(model, "serialization") for model in MAILS], schema_generator=_ForTemplates)
    models = definitions["$defs"]
    for model in models.values():
        for prop in model["properties"].values():
            for part in (prop, *prop.get("anyOf", ())):
                if named := TYPESCRIPT.get(part.get("format", "")):
                    part["tsType"] = named
    names = {template_name(model): model.__name__ for model in MAILS}
    return {
        "title": "Mails",
        "description": "The props of each mail, by the name of its template.",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"$ref": f"#/$defs/{model}"} for name, model in names.items()},
        "required": list(names),
        "$defs": models,
    }


def schema_text() -> str:
    """The schema as it is committed."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def template_name(model: type[Props]) -> str:
    return str(model.model_fields["template"].default)


def leaves(name: str) -> dict[str, Leaf]:
    """Everything that the template `name` may show, by path; lists and optional parts are among them."""
    whole = schema()
    definitions = whole["$defs"]
    model = whole["properties"][name]["$ref"].rpartition("/")[2]
    found = _walk(definitions[model], "", (), definitions)
    return {leaf.path: leaf for leaf in found if leaf.path != "template"}


def _walk(
    node: Mapping[str, Any], path: str, within: tuple[str, ...], definitions: Mapping[str, Any]
) -> Iterator[Leaf]:
    if "$ref" in node:
        node = definitions[node["$ref"].rpartition("/")[2]]
    if "anyOf" in node:
        present = [part for part in node["anyOf"] if part.get("type") != "null"]
        yield Leaf(f"{path}?", "optional", within)
        node, within = present[0], (*within, path)
    match node.get("type"):
        case "object":
            for name, prop in node["properties"].items():
                yield from _walk(prop, f"{path}.{name}".lstrip("."), within, definitions)
        case "array":
            yield Leaf(path, "list", within)
            yield from _walk(node["items"], f"{path}[]", (*within, path), definitions)
        case "integer":
            yield Leaf(path, "integer", within)
        case "string":
            yield Leaf(path, node.get("format", "text"), within)
        case other:
            raise TypeError(f"{path}: mails have no {other} props; see functions/send_email/mails.py")
