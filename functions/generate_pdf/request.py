"""What the typesetter is asked for: a draft's words, with places at which a very long one may be broken.

Those are of the page alone: the record keeps the words as they are, for the mail and whoever else reads it.
"""

from collections.abc import Mapping
from typing import Any

from functions.generate_pdf.long_words import breakable


def request(template: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """`content` is data.py's, or what has become of it as JSON."""
    return {"template": template, "data": _breakable(content)}


def _breakable(value: Any) -> Any:
    match value:
        case str():
            return breakable(value)
        case Mapping():
            return {name: _breakable(one) for name, one in value.items()}
        case list():
            return [_breakable(one) for one in value]
        case _:
            return value
