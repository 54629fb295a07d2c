"""Any server that speaks OpenAI's chat completions: the answer is asked for as a strict JSON schema.

https://platform.openai.com/docs/api-reference/chat/create
"""

import asyncio
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

import httpx

from shared import deadline
from shared.ai.errors import AnswerLost, CallRefused, RefusedByModel, TooLong, down
from shared.ai.provider import CONNECT, LIMIT, MOST_TOKENS, PATIENCE, Reply, Request, StopReason
from shared.config import AISettings
from shared.pauses import LONGEST, pause

STOP_REASONS: Final[Mapping[str, StopReason]] = {"length": StopReason.CUT_OFF, "content_filter": StopReason.REFUSED}
"""By `finish_reason`; with any other the answer is there, or is not."""
REFUSALS: Final = frozenset({"content_filter", "content_policy_violation"})
TOO_LONG: Final = re.compile(r"context_length_exceeded|string_above_max_length|maximum context length", re.IGNORECASE)
"""A code, or the text of servers that have none."""
WORD: Final = re.compile(r"[A-Za-z0-9_.-]{1,60}")
"""What a code looks like: anything else may quote the question."""
USED_UP: Final = "insufficient_quota"
"""A 429 that no pause of seconds mends: the account has no money."""


class OpenAI:
    """One model of one server. Building it opens no connection."""

    def __init__(self, settings: AISettings) -> None:
        self._settings = settings

    @property
    def id(self) -> str:
        return f"openai/{self._settings.ai_model}"

    async def ask(self, request: Request) -> Reply:
        seconds = deadline.at_most(LIMIT)
        try:
            async with asyncio.timeout(seconds):
                answer = await self._client.post("/chat/completions", json=_body(self._settings.ai_model, request))
        except TimeoutError as error:
            raise AnswerLost(f"no answer in {seconds:.3g} s", its_fault=seconds >= PATIENCE) from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise down(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise AnswerLost(type(error).__name__) from error
        if not answer.is_success:
            raise _refusal(answer)
        try:
            return _reply(answer.json())
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise AnswerLost("an answer that is none of its own") from error

    async def reach(self) -> None:
        """The list of models: it takes the key, and costs nothing."""
        seconds = deadline.at_most(CONNECT + PATIENCE)
        try:
            async with asyncio.timeout(seconds):
                answer = await self._client.get("/models")
        except TimeoutError as error:
            raise down(f"no answer in {seconds:.3g} s") from error
        except httpx.HTTPError as error:
            raise down(type(error).__name__) from error
        if not answer.is_success:
            raise _refusal(answer)
        if not _lists(answer):
            raise down("an answer that is none of its own")

    async def close(self) -> None:
        if "_client" in vars(self):
            await self._client.aclose()

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        """Keeps no connection: one that died while the Lambda was frozen would make an answer that is lost."""
        key = self._settings.ai_key.get_secret_value()
        return httpx.AsyncClient(
            base_url=self._settings.ai_url,
            headers={"authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(LIMIT, connect=CONNECT),
            limits=httpx.Limits(max_keepalive_connections=0),
        )


def _body(model: str, request: Request) -> dict[str, Any]:
    shape = {"name": request.name, "strict": True, "schema": request.schema}
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": request.question.system},
            {"role": "user", "content": request.question.text},
        ],
        "response_format": {"type": "json_schema", "json_schema": shape},
        "max_completion_tokens": MOST_TOKENS,
    }


def _reply(answer: Any) -> Reply:
    (choice,) = answer["choices"]
    message = choice["message"]
    stopped_by = (
        StopReason.REFUSED if message.get("refusal") else STOP_REASONS.get(choice["finish_reason"], StopReason.DONE)
    )
    text = message["content"]
    if not isinstance(text, str | None):
        raise TypeError("content is text")
    used = (answer.get("usage") or {}).get("total_tokens")
    return Reply(stopped_by, text, used if type(used) is int else None)


def _lists(answer: httpx.Response) -> bool:
    try:
        return isinstance(answer.json()["data"], list)
    except (KeyError, TypeError, ValueError, RecursionError):
        return False


def _refusal(answer: httpx.Response) -> Exception:
    status, code, text = answer.status_code, *_told(answer)
    if status in {429, 503}:
        return down("throttled", retry_after=LONGEST if code == USED_UP else pause(answer.headers))
    if code in REFUSALS:
        return RefusedByModel()
    if status == 413 or TOO_LONG.search(f"{code} {text}"):
        return TooLong()
    if status in {400, 422} and code != "model_not_found":
        return CallRefused(code or "bad_request", status)
    return down(f"status {status}")


def _told(answer: httpx.Response) -> tuple[str, str]:
    """The code and the text of a refusal, where it is one of the API's own."""
    try:
        error = answer.json()["error"]
        code = str(error.get("code") or error.get("type") or "")
        return code if WORD.fullmatch(code) else "", str(error.get("message", ""))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return "", ""
