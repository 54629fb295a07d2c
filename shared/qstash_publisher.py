"""Hands runs to QStash, and asks it what became of a message. The only place that calls QStash's API.

The SDK's faults that matter here (qstash 3.4.0) and what is done about them: its timeout is
ten minutes, so each call gets its own; it re-POSTs after a lost answer, at once and in spite of every deadline, so
its retries are off and ours are on (shared/retries.py), which each message's deduplication id makes safe; a
refused item of a batch is a KeyError, so the batch is then published one by one; an empty id cancels every message
of the account, so `cancel` refuses it (case 16), and so does `remove_dead_letter`. Dead letters are removed one by
one: the call for many names them in the body of a DELETE, and where something on the way drops that, all of them go.
"""

import asyncio
import json
import math
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, Final
from urllib.parse import quote

import httpx
from qstash import AsyncQStash
from qstash.errors import DailyMessageLimitExceededError, QStashError, RateLimitExceededError

from shared import deadline
from shared.breakers import Breaker
from shared.config import PublishSettings
from shared.contract import Contract
from shared.errors import ConfigurationError, DependencyDown, PublishRefused, RetryableError
from shared.message import Message
from shared.publishing import Fate
from shared.retries import Retries
from shared.runs.model import Run

SLACK: Final = 3
"""Retries beyond the budget, for throttles and for deliveries that find the run busy: they use no try (case 3)."""
BATCH: Final = 100
CALL_TIMEOUT: Final = 8.0


class QStashPublisher:
    """`limit` is in seconds, for one call."""

    def __init__(
        self,
        settings: PublishSettings,
        urls: Mapping[str, str],
        *,
        breaker: Breaker | None = None,
        retries: Retries | None = None,
        limit: float = CALL_TIMEOUT,
    ) -> None:
        self._settings = settings
        self._urls = urls
        self._client = AsyncQStash(
            settings.qstash_token.get_secret_value(),
            base_url=settings.qstash_url,
            retry=False,
        )
        self._breaker = breaker
        self._retries = retries or Retries("qstash")
        self._limit = limit

    async def publish(self, run: Run, contract: Contract[Any]) -> str:
        message = self._message(run, contract)
        return await self._retries(lambda: self._published(message))

    async def _published(self, message: Mapping[str, Any]) -> str:
        async with self._calling():
            try:
                return _message_id(await self._client.message.publish(**message))
            except KeyError as error:  # an answer without what the SDK looks for
                raise DependencyDown("qstash", "an answer that is none of its own") from error

    async def publish_many(self, runs: Sequence[tuple[Run, Contract[Any]]]) -> Sequence[str | Exception]:
        """In the order given: a message's id, or why that one was not taken."""
        outcomes: list[str | Exception] = []
        for start in range(0, len(runs), BATCH):
            outcomes += await self._publish_batch(runs[start : start + BATCH])
        return outcomes

    async def _publish_batch(self, runs: Sequence[tuple[Run, Contract[Any]]]) -> list[str | Exception]:
        try:
            messages = [self._message(run, contract) for run, contract in runs]
            return await self._retries(lambda: self._batched(messages))
        except (KeyError, PublishRefused):
            return [await self._attempt(run, contract) for run, contract in runs]
        except RetryableError as error:
            return [error for _ in runs]

    async def _batched(self, messages: list[Any]) -> list[str | Exception]:
        async with self._calling():
            return [_message_id(answer) for answer in await self._client.message.batch(messages)]

    async def _attempt(self, run: Run, contract: Contract[Any]) -> str | Exception:
        try:
            return await self.publish(run, contract)
        except (PublishRefused, RetryableError) as error:
            return error

    async def fate(self, message_id: str) -> Fate:
        try:
            await self._retries(lambda: self._asked(message_id))
        except PublishRefused as error:
            if error.data.get("status") != 404:
                raise
        else:
            return Fate.ALIVE
        async with self._calling():
            # Not `log.list`: its filter type has no way to ask for one state, and its sync twin prints.
            answer = await self._client.http.request(path="/v2/events", method="GET", params={"messageId": message_id})
            return _fate_of(answer.get("events", []))

    async def _asked(self, message_id: str) -> None:
        async with self._calling():
            try:
                await self._client.message.get(message_id)
            except KeyError as error:  # an answer without what the SDK looks for
                raise DependencyDown("qstash", "an answer that is none of its own") from error

    async def cancel(self, message_id: str) -> None:
        named = _named(message_id, "message")
        try:
            async with self._calling():
                await self._client.message.cancel(named)
        except PublishRefused:
            return  # delivered or cancelled already

    async def remove_dead_letter(self, dlq_id: str) -> None:
        named = _named(dlq_id, "dead letter")
        try:
            async with self._calling():
                await self._client.dlq.delete(named)
        except PublishRefused as error:
            if error.data.get("status") != 404:
                raise

    async def reach(self) -> None:
        """A call that changes nothing and that every token may make: raises where QStash, or our token, is no good."""
        async with self._calling():
            # Not `queue.list`: the list tells nothing of its form.
            answer: object = await self._client.http.request(path="/v2/queues", method="GET")
            if not isinstance(answer, list):
                raise DependencyDown("qstash", "an answer that is none of its own")

    async def aclose(self) -> None:
        await self._client.http._client.aclose()  # noqa: SLF001 - the SDK has no call for it

    @asynccontextmanager
    async def _calling(self) -> AsyncIterator[None]:
        guard: AbstractAsyncContextManager[None] = self._breaker.guard() if self._breaker else nullcontext()
        async with guard, _translated(self._limit):
            yield

    def _message(self, run: Run, contract: Contract[Any]) -> Any:
        url = self._urls.get(run.job)
        if not url:
            raise ConfigurationError(f"this function may not start {run.job}: JOB_URL_{run.job.upper()} is not set")
        message: dict[str, Any] = {
            "url": url,
            "body": Message(run=run.id, job=run.job, leg=run.leg, epoch=run.epoch).encode().decode(),
            "content_type": "application/json",
            "deduplication_id": run.dedup_id,
            "retries": min(contract.tries - 1 + SLACK, self._settings.qstash_max_retries),
            "retry_delay": contract.backoff.expression,
            "timeout": math.ceil(contract.timeout) + 15,
            "failure_callback": self._settings.failure_callback_url,
            "label": run.job,
        }
        if run.not_before > run.created:
            message["not_before"] = math.ceil(run.not_before / 1000)
        if contract.flow_control is not None:
            flow = contract.flow_control
            limits = {"parallelism": flow.parallelism, "rate": flow.rate, "period": f"{flow.period}s"}
            message["flow_control"] = {"key": run.job} | {k: v for k, v in limits.items() if v is not None}
        return message


def _named(name: str, what: str) -> str:
    """The id, as one part of a path. Empty, or one that a URL swallows (`..`), would leave the call that takes all."""
    if not name.strip("."):
        raise ValueError(f"without an id QStash cancels every {what} of the account")
    return quote(name, safe="")


@asynccontextmanager
async def _translated(limit: float) -> AsyncIterator[None]:
    seconds = deadline.at_most(limit)
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise DependencyDown("qstash", f"no answer in {seconds:.3g} s", its_fault=seconds >= limit) from error
    except httpx.HTTPError as error:
        raise DependencyDown("qstash", type(error).__name__) from error
    except (RateLimitExceededError, DailyMessageLimitExceededError) as error:
        raise DependencyDown("qstash", "throttled", retry_after=60) from error
    except QStashError as error:
        raise _refusal(str(error)) from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:  # what the SDK makes of a garbled answer
        raise DependencyDown("qstash", "an answer that is none of its own") from error


def _refusal(text: str) -> PublishRefused | DependencyDown:
    """The SDK's error has its status and body in words only. A wrong token is ours to mend, so the run waits for it.

    Only an error in QStash's own form is its refusal: a page of something that stands before it fails no run.
    """
    found = re.search(r"status: (\d{3}), body: (.*)", text, re.DOTALL)
    status, body = (int(found[1]), found[2]) if found else (0, "")
    reason = _own_error(body)
    if reason is not None and 400 <= status < 500 and status not in {401, 403, 408, 409, 425, 429}:
        return PublishRefused(f"QStash refused the call: {reason[:200]}", status=status)
    return DependencyDown("qstash", f"status {status}")


def _own_error(body: str) -> str | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    reason = said.get("error") if isinstance(said, dict) else None
    return reason if isinstance(reason, str) else None


def _message_id(answer: Any) -> str:
    found = getattr(answer, "message_id", None)
    if not isinstance(found, str) or not found:
        raise DependencyDown("qstash", "an answer without a message id")
    return found


def _fate_of(events: Sequence[Mapping[str, Any]]) -> Fate:
    states = {str(event.get("state", "")).upper() for event in events}
    if "DELIVERED" in states:
        return Fate.DELIVERED
    if states & {"FAILED", "CANCELED", "CANCELLED", "CANCEL_REQUESTED"}:
        return Fate.DEAD
    return Fate.ALIVE if states else Fate.GONE
