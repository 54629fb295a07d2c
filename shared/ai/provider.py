"""A provider of models: what it is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol

from shared.ai.prompt import Question

MOST_TOKENS: Final = 4_000
"""Of an answer."""
LIMIT: Final = 60.0
"""Seconds for one answer, whole."""
PATIENCE: Final = 20.0
"""Seconds: silence for as long counts against the provider, also where its caller had no more than that."""
CONNECT: Final = 3.0
CHARGED_AT_LEAST: Final = 600
"""Tokens that a provider adds to every question: how tools are used, the frame of a conversation."""


@dataclass(frozen=True, slots=True)
class Request:
    question: Question
    name: str
    """The shape's, a word."""
    schema: Mapping[str, Any]

    @property
    def at_most(self) -> int:
        """The most tokens that this can cost, known before it is asked: no script has tokens of under three bytes."""
        sent = f"{self.question.system}{self.question.text}{self.schema}"
        return len(sent.encode()) // 3 + CHARGED_AT_LEAST + MOST_TOKENS


class StopReason(Enum):
    """Why the model wrote no more."""

    DONE = "done"
    CUT_OFF = "cut_off"
    """At MOST_TOKENS."""
    CONTEXT_FULL = "context_full"
    """Question and answer are more than it can hold."""
    REFUSED = "refused"
    """By the model, a filter or a guardrail."""


@dataclass(frozen=True, slots=True)
class Reply:
    stopped_by: StopReason
    text: str | None
    """JSON, as far as anybody knows; None where there is nothing in the place of the answer."""
    tokens: int | None
    """What the provider counted, question and answer; None where it did not say."""


class Provider(Protocol):
    @property
    def id(self) -> str:
        """Its name and the model's: `bedrock/amazon.nova-lite-v1:0`."""
        ...

    async def ask(self, request: Request) -> Reply:
        """One call, not tried again. Raises what shared/ai/errors.py tells, AnswerLost where it may have cost."""
        ...

    async def reach(self) -> None:
        """The cheapest call that proves that the model can be asked. Raises DependencyDown, CallRefused."""
        ...

    async def close(self) -> None: ...
