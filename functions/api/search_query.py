"""What a search may ask for, as its query parameters say it. Its words are read leniently: none of them is an error."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, Field, PlainValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from functions.api import cursors
from functions.api.document_view import Tag
from shared.search.model import Facet, Filters, Request, Sort
from shared.search.query import CHARACTERS, CLAUSES, parse

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_DAY_MS: Final = timedelta(days=1) // _MILLISECOND
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_WORDS: Final = f"""\
Words that must all be there; `"several words"` beside each other; `title:mill` in one field (`title`, `tag`, `name`,
`about`, `text`); `mil*` as a beginning; `-mill` not there. Left out, or without a letter or digit: everything. Whatever
it is, it is searched for; of a longer one the first {CHARACTERS} characters and {CLAUSES} words.
"""
_DATES: Final = "A date stands for the whole day in UTC; a time needs its offset."


def _since(said: object) -> int:
    return _day_and_moment(said)[1]


def _until(said: object) -> int:
    is_day, moment = _day_and_moment(said)
    return moment + _DAY_MS - 1 if is_day else moment


def _day_and_moment(said: object) -> tuple[bool, int]:
    """Whether it is a day, and its first millisecond since the epoch, or that of the time which it is."""
    text = str(said)
    is_day = _DATE.fullmatch(text) is not None
    try:
        moment = _midnight(date.fromisoformat(text)) if is_day else datetime.fromisoformat(text.upper())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise PydanticCustomError("moment", "must be a date, or a date and time with its offset (ISO 8601)")
    return is_day, (moment - _EPOCH) // _MILLISECOND


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


_MOMENT: Final = WithJsonSchema(
    {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}], "examples": ["2026-11-01"]}
)
Since = Annotated[int, PlainValidator(_since), _MOMENT]
Until = Annotated[int, PlainValidator(_until), _MOMENT]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.+/_-]*$", max_length=100)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class SearchQuery(BaseModel):
    """Several values of one filter are alternatives; filters narrow each other."""

    q: Annotated[str, Field(description=_WORDS, examples=['mill "water wheel" -steam'])] = ""
    type: Annotated[
        tuple[Word, ...], Field(max_length=20, description="`pdf`, `docx`, `markdown`, `html`, `text`.")
    ] = ()
    tag: Annotated[tuple[Tag, ...], Field(max_length=20, description="As it was given, letter by letter.")] = ()
    language: Annotated[
        tuple[Language, ...], Field(max_length=20, description="BCP 47's primary tag; `und` where it is not known.")
    ] = ()
    category: Annotated[tuple[Word, ...], Field(max_length=20, description="What the analysis says that it is.")] = ()
    since: Annotated[Since | None, Field(description=f"Of `created_at`, inclusive. {_DATES}")] = None
    until: Annotated[Until | None, Field(description=f"Of `created_at`, inclusive. {_DATES}")] = None
    sort: Annotated[Sort | None, Field(description="Left out: `relevance` where there are words, else `newest`.")] = (
        None
    )
    facets: Annotated[bool, Field(description="Count the values of each filter in all that was found.")] = False
    limit: Annotated[int, Field(ge=1, le=50)] = 20
    cursor: Annotated[str | None, Field(max_length=cursors.LONGEST, description="`next` of the page before.")] = None

    def request(self, owner: str) -> Request:
        """Its first page."""
        query = parse(self.q)
        chosen = {
            Facet.TYPE: self.type,
            Facet.TAG: self.tag,
            Facet.LANGUAGE: self.language,
            Facet.CATEGORY: self.category,
        }
        filters = Filters(
            {facet: tuple(dict.fromkeys(values)) for facet, values in chosen.items() if values}, self.since, self.until
        )
        sort = self.sort or Sort.RELEVANCE
        if sort is Sort.RELEVANCE and not query.positive:
            sort = Sort.NEWEST  # nothing is more relevant than anything else
        return Request(owner, query, filters, sort, self.limit, facets=self.facets)
