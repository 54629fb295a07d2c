"""A small shape, with everything that a schema can have of ours."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field


class Point(BaseModel, frozen=True):
    word: Annotated[str, Field(min_length=1, max_length=60)]
    weight: Annotated[float, Field(ge=0, le=1)]


class Notes(BaseModel, frozen=True):
    """What is in it."""

    title: Annotated[str, Field(max_length=200, description="Of the whole.")]
    points: Annotated[tuple[Point, ...], Field(max_length=8)]
    kind: Literal["letter", "other"]
    pages: int | None = None
