"""Hands runs to QStash, and asks it what became of a message. The only place that calls QStash's API.

The SDK's faults that matter here (qstash 3.4.0) and what is done about them: its timeout is
ten minutes, so each call gets its own; it re-POSTs after a lost answer, so each message has a deduplication id; a
refused item of a batch is a KeyError, so the batch is then published one by one; an empty id cancels every message
of the account, so `cancel` refuses it (case 16).
"""

import asyncio
import json
import math
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from qstash import AsyncQStash
from qstash.errors import DailyMessageLimitExceededError, QStashError, RateLimitExceededError

from shared.config import PublishSettings
from shared.contract import Contract
from shared.errors import ConfigurationError, DependencyDown, PublishRefused
from shared.message import Message
from shared.publishing import Fate
from shared.runs.model import Run

SLACK: Final = 3
"""Retries beyond the budget, for throttles and for deliveries that find the run busy: they use no try (case 3)."""
BATCH: Final = 100
CALL_TIMEOUT: Final = 8.0


class QStashPublisher:
    def __init__(self, settings: PublishSettings, urls: Mapping[str, str]) -> None:
        self._settings = settings
        self._urls = urls
        self._client = AsyncQStash(
            settings.qstash_token.get_secret_value(),
            base_url=settings.qstash_url,
            retry={"retries": 1, "backoff": lambda _: 200},
        )

    async def publish(self, run: Run, contract: Contract[Any]) -> str:
        message = self._message(run, contract)
        try:
            async with _calling():
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
            async with _calling():
                answers = await self._client.message.batch(messages)
            return [_message_id(answer) for answer in answers]
        except (KeyError, PublishRefused):
            return [await self._attempt(run, contract) for run, contract in runs]
        except DependencyDown as error:
            return [error for _ in runs]

    async def _attempt(self, run: Run, contract: Contract[Any]) -> str | Exception:
        try:
            return await self.publish(run, contract)
        except (PublishRefused, DependencyDown) as error:
            return error

    async def fate(self, message_id: str) -> Fate:
        try:
            async with _calling():
                await self._client.message.get(message_id)
        except PublishRefused as error:
            if error.data.get("status") != 404:
                raise
        else:
            return Fate.ALIVE
        async with _calling():
            # Not `log.list`: its filter type has no way to ask for one state, and its sync twin prints.
            answer = await self._client.http.request(path="/v2/events", method="GET", params={"messageId": message_id})
        return _fate_of(answer.get("events", []))

    async def cancel(self, message_id: str) -> None:
        if not message_id:
            raise ValueError("without an id QStash cancels every message of the account")
        try:
            async with _calling():
                await self._client.message.cancel(message_id)
        except PublishRefused:
            return  # delivered or cancelled already

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


@asynccontextmanager
async def _calling() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(CALL_TIMEOUT):
            yield
    except TimeoutError as error:
        raise DependencyDown("qstash", f"no answer in {CALL_TIMEOUT:g} s") from error
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
