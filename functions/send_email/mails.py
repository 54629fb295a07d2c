"""What each mail shows: the props of its template, and so the source of truth for both sides.

Python validates against these models; the TSX templates are typed by TypeScript that is generated from them
(`python -m infra templates compile`). They say nothing about where the values come from.

A prop's type also says how it may be shown: `Line` is one line, `Paragraphs` keeps its line breaks, `Url` is the
only type that may stand in a link, a time is always shown in UTC, a tuple is a list, and `None` hides a part.
"""

from typing import Annotated, Final, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    model_validator,
)

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Paragraphs = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000),
    Field(json_schema_extra={"format": "multiline"}),
]
Url = Annotated[
    str,
    StringConstraints(max_length=4_096, pattern=r"^https?://[^\s\x00-\x20\x7f-\xa0<>\"'`\\]+$"),
    Field(json_schema_extra={"format": "uri"}),
]
"""An absolute web address, kept byte for byte, so that a placeholder for a secret inside it stays findable."""


def _shortened(value: object) -> object:
    return f"{value[: LONGEST_REASON - 1]}…" if isinstance(value, str) and len(value) > LONGEST_REASON else value


LONGEST_REASON: Final = 500
Reason = Annotated[str, BeforeValidator(_shortened), StringConstraints(strip_whitespace=True, min_length=1)]
"""Cut rather than refused: an alert must not be lost because an error's text is long."""


class Props(BaseModel):
    """Common to all mails: immutable, no prop beyond those declared, and no value echoed in an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class SignIn(Props):
    """To a person who asked to sign in."""

    template: Literal["sign_in"] = "sign_in"
    app: Line
    link: Url
    minutes: Annotated[int, Field(ge=1, le=1_440)]
    """How long the link works, from `requested_at` on."""
    requested_at: AwareDatetime


class ReportReady(Props):
    """To a person whose report can be fetched; the link is signed and ends."""

    template: Literal["report_ready"] = "report_ready"
    app: Line
    title: Line
    link: Url
    expires_at: AwareDatetime
    file: Line | None = None
    """Kind and size, as in `PDF, 1.2 MB`."""
    summary: Paragraphs | None = None
    highlights: Annotated[tuple[Line, ...], Field(max_length=10)] = ()


class FailedRun(Props):
    """One failed run in a digest."""

    run: Line
    reason: Reason
    at: AwareDatetime


class JobFailed(Props):
    """To the operators: every run of one job that failed in one window, with a few of them as samples."""

    template: Literal["job_failed"] = "job_failed"
    app: Line
    stage: Line
    job: Line
    since: AwareDatetime
    until: AwareDatetime
    count: Annotated[int, Field(ge=1, le=1_000_000_000)]
    samples: Annotated[tuple[FailedRun, ...], Field(max_length=20)] = ()
    console: Url | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.until < self.since:
            raise ValueError("until: lies before since")
        if self.count < len(self.samples):
            raise ValueError("count: is smaller than the number of samples")
        return self


class HealthChanged(Props):
    """To the operators: how the deployment is now, and what of it is not well."""

    template: Literal["health_changed"] = "health_changed"
    app: Line
    stage: Line
    was: Line
    was_since: AwareDatetime
    status: Line
    since: AwareDatetime
    why: Annotated[tuple[Reason, ...], Field(max_length=50)] = ()


Mail = Annotated[SignIn | ReportReady | JobFailed | HealthChanged, Field(discriminator="template")]
MAILS: tuple[type[Props], ...] = (SignIn, ReportReady, JobFailed, HealthChanged)
ADAPTER: Final = TypeAdapter[Mail](Mail, config=ConfigDict(hide_input_in_errors=True, defer_build=True))
"""Validates any mail. Whoever validates outermost decides whether errors repeat the input, so a bare union's would."""
