"""A document as its owner may see it: never where its file lies."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from shared.documents import Document, Status
from shared.runs.model import instant

_BROKEN: Final = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
ONE_LINE: Final = rf"^[^{_BROKEN}]*[^\s{_BROKEN}][^{_BROKEN}]*$"
"""No controls, no separators of lines and paragraphs, and not only spaces."""


def _each_once(tags: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tags))


Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=ONE_LINE)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50, pattern=ONE_LINE)]
Tags = Annotated[tuple[Tag, ...], Field(max_length=20), AfterValidator(_each_once)]
"""One that is named twice is meant once."""


class FileView(BaseModel):
    name: str
    content_type: str
    size: int
    sha256: str


class KeywordView(BaseModel):
    word: str
    weight: float


class AnalysisView(BaseModel):
    summary: str
    key_points: list[str]
    keywords: list[KeywordView]
    language: str
    category: str
    degraded: bool
    """Made without the model, which was away or would not take it; where it may, a better one follows within days."""
    at: datetime


class DocumentView(BaseModel):
    id: str
    title: str
    tags: list[str]
    version: int
    """What `ETag` says too, and `If-Match` takes."""
    status: Status
    unreadable_because: str | None
    file: FileView
    analysis: AnalysisView | None
    created_at: datetime
    updated_at: datetime


class DocumentPage(BaseModel):
    items: list[DocumentView]
    next: str | None
    """The `cursor` of the next page; null on the last one."""


def view(document: Document) -> DocumentView:
    file = document.file
    return DocumentView(
        id=document.id,
        title=document.title,
        tags=list(document.tags),
        version=document.version,
        status=document.status,
        unreadable_because=document.unreadable_because,
        file=FileView(name=file.name, content_type=file.content_type, size=file.size, sha256=file.sha256),
        analysis=None if document.analysis is None else _analysis(document.analysis),
        created_at=instant(document.created_at),
        updated_at=instant(document.updated_at),
    )


def _analysis(made: Mapping[str, Any]) -> AnalysisView:
    return AnalysisView.model_validate({**made, "at": instant(made["at"])})
