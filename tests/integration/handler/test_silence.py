"""No secret, token, signature, payload, header, cursor, result or unvetted text reaches stdout or stderr (case 32)."""

import asyncio
import gc
import os
import warnings
from typing import Any

import pytest

from shared.context import Continue, JobContext
from shared.contract import Payload
from shared.errors import PermanentError, RetryableError
from tests.integration.handler.door import CANARY, Door, Say, event_for, with_headers
from tests.support.desk import KEY, NEXT_KEY


class Parcel(Payload):
    text: str


class Unprintable(Exception):
    def __str__(self) -> str:
        return CANARY

    __repr__ = __str__


async def returns(payload: Say, _: JobContext[None]) -> Any:
    return {"echo": payload.text}


async def continues(payload: Say, context: JobContext[None]) -> Any:
    return Continue({"at": payload.text}) if context.cursor is None else context.cursor


async def raises(payload: Say, _: JobContext[None]) -> Any:
    raise ValueError(payload.text)


async def raises_unprintable(_: Say, __: JobContext[None]) -> Any:
    raise Unprintable


async def raises_from(payload: Say, _: JobContext[None]) -> Any:
    try:
        os.environ[payload.text]
    except KeyError as error:
        raise RetryableError("no answer", seen=payload.text) from error


async def refuses_its_payload(payload: Say, _: JobContext[None]) -> Any:
    Parcel.model_validate({"text": [payload.text], payload.text: 1})


async def gives_up(payload: Say, _: JobContext[None]) -> Any:
    raise PermanentError("it can't be", seen=payload.text)


async def raises_in_a_thread(payload: Say, context: JobContext[None]) -> Any:
    await context.blocking(lambda: int(payload.text))


async def follows_up(payload: Say, context: JobContext[Any]) -> Any:
    context.enqueue(context.services, payload)
    return payload


async def warns(payload: Say, context: JobContext[None]) -> Any:
    context.log.info("half way", extra={"part": 1})


ENDINGS = [returns, continues, raises, raises_unprintable, raises_from, refuses_its_payload, gives_up]
ENDINGS += [raises_in_a_thread, follows_up, warns]


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
@pytest.mark.parametrize("behave", ENDINGS)
def test_nothing_is_told_however_the_work_ends(
    door: Door, environment: pytest.MonkeyPatch, behave: Any, level: str
) -> None:
    environment.setenv("LOG_LEVEL", level)
    environment.setenv("POWERTOOLS_LOGGER_LOG_EVENT", "true")
    door.behave = behave
    door.services = lambda _: door.contract
    run = door.accept()
    event = event_for(run, headers={"x-canary": CANARY, "user-agent": CANARY, "authorization": CANARY})

    answers = [door.knock(event)]
    for _ in range(3):
        door.due(run)
        answers.append(door.deliver(door.read(run.id)))

    said = door.said()
    assert len([line for line in said.lines if line["message"] == "delivery"]) == 4
    secrets = [CANARY, KEY, NEXT_KEY, event["headers"]["upstash-signature"], "Traceback", "eyJ"]
    assert [secret for secret in secrets if secret in said.raw] == []
    assert CANARY not in str(answers)


def test_a_task_that_the_job_forgot_does_not_tell_its_fault_either(door: Door) -> None:
    """What asyncio prints is the exception of a task that nobody awaited, with its text."""

    async def forgetful(payload: Say, _: JobContext[None]) -> None:
        asyncio.create_task(raises(payload, _))  # noqa: RUF006 - forgetting it is the fault under test
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    door.behave = forgetful
    door.deliver(door.accept())
    gc.collect()

    said = door.said()
    assert CANARY not in said.raw
    forgotten = [line["fault"] for line in said.lines if line["message"] == "a fault that nobody awaited"]
    assert forgotten == ["ValueError"]


HOSTILE = [
    pytest.param('x\n{"message":"delivery","outcome":"succeeded"}', id="a line of its own"),
    pytest.param("x\r\nINFO forged", id="line ends of Windows"),
    pytest.param("x\x1b[2J\x9b31m\x85\u2028\u2029\x00\x7f", id="terminal codes and separators"),
    pytest.param("x\ud800", id="half a surrogate pair"),
    pytest.param('","outcome":"succeeded', id="the end of a JSON string"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_message_id_that_is_none_is_left_out(door: Door, text: str) -> None:
    """The header is not signed: anyone on the way can set it."""
    run = door.accept()

    door.knock(with_headers(event_for(run), {"upstash-message-id": text, "upstash-retried": text}))

    said = door.said()
    assert (len(said.lines), said.line["outcome"]) == (1, "succeeded")
    assert "message_id" not in said.line


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("error", [PermanentError, RetryableError])
def test_a_text_that_a_job_raises_stays_in_its_own_field_of_the_one_line(door: Door, error: Any, text: str) -> None:
    async def work(_: Say, __: JobContext[None]) -> None:
        raise error(text)

    door.behave = work
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        door.deliver(door.accept())

    said = door.said()
    assert len(said.lines) == 1
    assert said.line["reason"] == text.replace("\ud800", "?")
    assert said.line["outcome"] in {"failed", "retrying"}
    assert said.raw.isascii()
    assert not [char for char in said.raw if not char.isprintable() and char != "\n"]
