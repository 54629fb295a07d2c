"""What a type's values look like, as a short name: it tells code of another deploy apart, whose type differs.

What the other one stored might be read all the same, a field that it never knew at its default, and be wrong.
"""

import json
from hashlib import blake2b
from typing import Any

from pydantic import TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema


class _WithoutDefaults(GenerateJsonSchema):
    """A stored value has all its fields; and the order of a set among defaults differs from process to process."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def shape_of(values: TypeAdapter[Any]) -> str:
    """By its JSON schema; a type that has none is taken to look as it always did."""
    try:
        schema = values.json_schema(schema_generator=_WithoutDefaults)
    except PydanticInvalidForJsonSchema:
        return "-"
    return blake2b(json.dumps(schema, sort_keys=True).encode(), digest_size=6).hexdigest()
