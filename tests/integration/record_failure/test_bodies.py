"""Which failure callbacks are believed and read at all."""

import json
import logging
from base64 import b64encode
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from functions.record_failure.handler import FailureHandler
from functions.record_failure.reconcile import Outcome
from shared.database import Database
from shared.message import Message
from shared.runs.model import Run
from tests.integration.handler.door import LambdaCall
from tests.support.desk import signed_event
from tests.support.processes import process_on
from tests.support.story import Story, callback_body


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


def body_of(run: Run, **changed: Any) -> bytes:
    return callback_body(Message(run.id, run.job, run.leg, run.epoch).encode(), **changed)


@pytest.mark.parametrize("source", [b"", b"{}", b'{"to":"someone"}', b"not json", b'{"run":7}', b"\xff"])
async def test_a_message_that_names_no_run_is_only_logged(story: Story, source: bytes) -> None:
    """A cron's, or a plain publisher's."""
    assert await story.hear(callback_body(source)) == Outcome.NO_RUN

    assert await story.database.runs.count_documents({}) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"nonsense",
        b"{}",
        b'{"sourceBody":7}',
        b'{"sourceBody":"not base64!"}',
        json.dumps({"sourceBody": b64encode(b"{}").decode(), "dlqId": "x" * 301}).encode(),
    ],
)
async def test_a_signed_body_that_is_no_callback_is_refused_for_good(story: Story, body: bytes) -> None:
    received = await story.callbacks.receive(signed_event(body))

    assert received.answer.status == 489
    assert received.answer.headers["Upstash-NonRetryable-Error"] == "true"


async def test_a_forged_callback_is_401_and_nothing_is_read(story: Story) -> None:
    run = await story.accept()

    received = await story.callbacks.receive(signed_event(body_of(run), key="sig_of_somebody_else_entirely_333"))

    assert received.answer.status == 401
    assert await story.read(run) == run


async def test_a_delivery_signed_for_the_job_is_no_callback(story: Story) -> None:
    """Another function's token: the URL in it is not this function's."""
    run = await story.accept()
    event = dict(signed_event(body_of(run)))
    event["requestContext"] = {**event["requestContext"], "domainName": "other.lambda-url.eu-west-1.on.aws"}

    assert (await story.callbacks.receive(event)).answer.status == 401


async def test_while_the_store_is_away_qstash_is_asked_to_come_again(story: Story) -> None:
    run = await story.accept()

    class Away:
        def __getattr__(self, _: str) -> Any:
            raise AutoReconnect("gone")

    story.callbacks._process.database = Away()  # type: ignore[assignment] # it stands in for a database

    assert (await story.callbacks.receive(signed_event(body_of(run)))).answer.status == 503


def test_it_says_one_line_and_nothing_of_what_the_destination_answered(caplog: pytest.LogCaptureFixture) -> None:
    """The callback holds the destination's answer and headers."""
    handler = FailureHandler(process=process_on(database=None), alert=lambda _: None)  # type: ignore[arg-type,return-value] # never asked
    body = callback_body(b"{}", body=b64encode(b"a secret of the destination").decode())

    with caplog.at_level(logging.INFO, logger="process"):
        answer = handler(signed_event(body), LambdaCall(30_000))

    handler._process.loop.close()
    [line] = caplog.records
    assert (answer["statusCode"], line.outcome, line.last_status) == (200, "no_run", 500)  # type: ignore[attr-defined] # logging's extra fields
    assert "secret" not in str(vars(line))
