"""Asks the model about a text: at once, or part by part over as many deliveries as that takes.

    one part       ──▶ its Analysis
    more parts     ──▶ a Finding of each, one after the other ──▶ the notes of all ──▶ merged
    time is short  ──▶ Progress: the next leg goes on behind the parts that are done
    TooLong        ──▶ the same with parts of half the size, down to SMALLEST

A leg that dies asks for its parts again; the answers that it had got are in the model's cache (shared/ai).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from pydantic import BaseModel, ValidationError

from functions.analyze_document import prompts
from functions.analyze_document.analysis import Analysis
from functions.analyze_document.outcome import Outcome
from functions.analyze_document.parts import BETWEEN, Finding, beginning, finding, merged, notes, split
from functions.analyze_document.services import Context
from shared.ai import Answer, Prompt, TooLong
from shared.documents import StoredText
from shared.errors import RetryableError

SIZE: Final = 24_000
"""The weight of a part (parts.py): about 6,000 tokens."""
SMALLEST: Final = 6_000
MOST_PARTS: Final = 48
"""What a text has beyond them is not analysed, and the analysis says so. It bounds the calls of a run, and its cursor
too: to some 100,000 characters."""
CALL: Final = 100.0
"""Seconds for one answer; up to half a minute of them goes by waiting for another run that asks the same."""
CALL_TAKES: Final = CALL + 10.0
"""Seconds, with the cache and the quota around it."""


@dataclass(frozen=True, slots=True)
class Source:
    """What the model is asked about."""

    stored: StoredText
    text: str
    owner: str
    """Whose tokens it takes."""


class Progress(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    """A cursor: it holds for these parts of this text, and no others."""

    key: str
    size: int
    parts: int
    findings: tuple[Finding, ...] = ()

    def after(self, findings: Sequence[Finding]) -> Self:
        return self.model_copy(update={"findings": tuple(findings)})


async def ask(source: Source, context: Context) -> Outcome | Progress:
    """Raises what shared/ai does, and RetryableError where a leg came no further than the one before it."""
    before = _read(context.cursor)
    size = SIZE if before is None else before.size
    while True:
        try:
            made = await _ask(source, size, before, context)
        except TooLong:
            if size // 2 < SMALLEST:
                raise
            size //= 2
        else:
            if made == before:  # no tries are counted from leg to leg: they would follow each other for ever
                raise RetryableError("a delivery has no time for a single call")
            return made


def _read(cursor: Any) -> Progress | None:
    """None, too, for a cursor of another version of this code: then all is asked anew."""
    try:
        return None if cursor is None else Progress.model_validate(cursor)
    except ValidationError:
        return None


async def _ask(source: Source, size: int, before: Progress | None, context: Context) -> Outcome | Progress:
    parts = split(beginning(source.text, size * MOST_PARTS), size)[:MOST_PARTS]
    whole = source.stored.whole and sum(map(len, parts)) == len(source.text)
    begun = Progress(key=source.stored.key, size=size, parts=len(parts))
    done = list(before.findings) if before is not None and before.after(()) == begun else []
    for place in range(len(done), len(parts)):
        if context.remaining() < CALL_TAKES:
            return begun.after(done)
        if len(parts) > 1:
            await context.progress(place, len(parts), "parts")
        prompt = prompts.part(place, len(parts), parts[place])
        answer = await _call(prompt, source.owner, f"{size}.{place}", context)
        if len(parts) == 1:
            return Outcome(analysis=answer.value, parts=1, model=answer.model, whole=whole)
        done.append(finding(answer.value, parts[place], size // len(parts) - len(BETWEEN)))
    if context.remaining() < CALL_TAKES:
        return begun.after(done)
    answer = await _call(prompts.notes(notes(done)), source.owner, f"{size}.notes", context)
    return Outcome(analysis=merged(done, answer.value), parts=len(parts), model=answer.model, whole=whole)


async def _call(prompt: Prompt, owner: str, what: str, context: Context) -> Answer[Analysis]:
    """The token is the same at every delivery, so that a repeat counts once against the owner's day."""
    token = f"{context.key}:{what}"
    return await context.services.model.fill(Analysis, prompt, owner=owner, token=token, within=CALL)
