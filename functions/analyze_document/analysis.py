"""What an analysis says of a document; the model fills it, and so does the extractive analysis that stands in for it.

The shape is strict: a missing, unknown or mistyped field is refused. The limits are not: a model counts badly, so what
is too long is cut, a weight is clipped, what is said twice is said once. The JSON schema, which a provider is forced
to, therefore tells the limits in words, has no references, and every field of it is required.

Nothing here trusts the words: they may be a document's own. They are one line each, without controls and without the
marks that turn the direction of text or hide in it; whoever shows them escapes them.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema

from shared.text import cut, one_line

SUMMARY: Final = 1500
KEY_POINT: Final = 300
KEYWORD: Final = 60
"""Characters, at most."""
KEY_POINTS: Final = 8
KEYWORDS: Final = 15
"""How many, at most."""

UNKNOWN: Final = "und"
"""BCP 47's tag of an undetermined language."""

Category = Literal["report", "letter", "invoice", "contract", "article", "manual", "notes", "presentation", "other"]

_TAG: Final = re.compile(r"[a-z]{2,3}")


def folded(word: str) -> str:
    """What two spellings of one word have in common."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())


def _summary(text: str) -> str:
    summary = cut(one_line(text), SUMMARY)
    if not summary:
        raise ValueError("the summary says nothing")
    return summary


def _key_point(text: str) -> str:
    return cut(one_line(text), KEY_POINT)


def _key_points(points: Iterable[str]) -> tuple[str, ...]:
    once: dict[str, str] = {}
    for point in filter(None, points):
        once.setdefault(folded(point), point)
    return tuple(once.values())[:KEY_POINTS]


def _word(text: str) -> str:
    return cut(one_line(text), KEYWORD)


def _weight(weight: float) -> float:
    return 0.0 if math.isnan(weight) else round(min(1.0, max(0.0, weight)), 4)


def _language(tag: str) -> str:
    primary = re.split("[-_]", tag.strip().lower(), maxsplit=1)[0]
    return primary if _TAG.fullmatch(primary) else UNKNOWN


class Keyword(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    word: Annotated[str, AfterValidator(_word), Field(description=f"At most {KEYWORD} characters, as in the document.")]
    weight: Annotated[float, AfterValidator(_weight), Field(description="How much it matters: 0 to 1.")]


def _keywords(keywords: Iterable[Keyword]) -> tuple[Keyword, ...]:
    """Heaviest first, each word once, and none that had nothing visible in it."""
    once: dict[str, Keyword] = {}
    for keyword in sorted(keywords, key=lambda keyword: -keyword.weight):
        if keyword.word:
            once.setdefault(folded(keyword.word), keyword)
    return tuple(once.values())[:KEYWORDS]


def _inline(model: type[BaseModel], description: str) -> dict[str, Any]:
    """The schema of a list of `model` without the reference that pydantic would make of it."""
    return {"type": "array", "items": model.model_json_schema(), "description": description}


class Analysis(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    """Written in the document's own language, but for `category`."""

    summary: Annotated[
        str, AfterValidator(_summary), Field(description=f"What it says, in at most {SUMMARY} characters.")
    ]
    key_points: Annotated[
        tuple[Annotated[str, AfterValidator(_key_point)], ...],
        AfterValidator(_key_points),
        Field(description=f"At most {KEY_POINTS} sentences of at most {KEY_POINT} characters, in its order."),
    ]
    keywords: Annotated[
        tuple[Keyword, ...],
        AfterValidator(_keywords),
        WithJsonSchema(_inline(Keyword, f"At most {KEYWORDS}, the heaviest first.")),
    ]
    language: Annotated[
        str,
        AfterValidator(_language),
        Field(description=f"BCP 47's primary tag of its main language, {UNKNOWN} where it is not clear."),
    ]
    category: Annotated[Category, Field(description="What kind of document it is.")]
