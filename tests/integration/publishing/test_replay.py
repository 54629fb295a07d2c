"""A failure as QStash sees it, from the first delivery to the replay: over HTTP, with dead letters of its own."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from functions.record_failure.handler import FailureHandler
from infra.local.qstash.settings import DEVELOPMENT_CURRENT_KEY, DEVELOPMENT_NEXT_KEY
from shared.answers import Answer
from shared.clock import World
from shared.config import Part, VerifySettings
from shared.context import JobContext
from shared.contract import Contract, Payload
from shared.database import Database
from shared.errors import BadRequest
from shared.qstash_publisher import QStashPublisher
from shared.runs.model import State
from shared.runs.operating import Operator, Outcome
from shared.signature import Verifier
from tests.integration.publishing.function_urls import Handlers, function_urls
from tests.support.desk import Desk
from tests.support.processes import process_on


class Print(Payload):
    paper: str


CONTRACT = Contract(name="print", payload=Print, timeout=60, deadline=40, editable=frozenset({"paper"}))
VERIFIER = Verifier(current_key=DEVELOPMENT_CURRENT_KEY, next_key=DEVELOPMENT_NEXT_KEY, stage="local")


def failures(database: Database) -> FailureHandler:
    """`record_failure` of the local stage."""
    process = process_on(database)
    process.stage = Part(stage="local")
    process.verifier = VERIFIER
    process.verify_settings = VerifySettings(
        stage="local",
        qstash_current_signing_key=SecretStr(DEVELOPMENT_CURRENT_KEY),
        qstash_next_signing_key=SecretStr(DEVELOPMENT_NEXT_KEY),
    )
    return FailureHandler(process=process, contracts=lambda: {"print": CONTRACT})


async def test_what_failed_for_good_is_replayed_with_another_payload_and_leaves_the_dead_letters(
    database: Database, publishing: Callable[..., QStashPublisher]
) -> None:
    printed: list[str] = []
    answers: asyncio.Queue[tuple[str, Answer]] = asyncio.Queue()

    async def work(asked: Print, context: JobContext[None]) -> None:
        if asked.paper == "A9":
            raise BadRequest("there is no such paper")
        printed.append(context.key)

    desk = Desk(database, CONTRACT, work)
    runtime = replace(desk.runtime, verifier=VERIFIER, stage="local")
    failed = failures(database)

    async def deliver(event: Mapping[str, Any]) -> Answer:
        handled = await runtime.deliver(event, remaining=lambda: 50.0)
        answers.put_nowait(("delivered", handled.answer))
        return handled.answer

    async def call_back(event: Mapping[str, Any]) -> Answer:
        received = await failed.receive(event)
        answers.put_nowait(("called back", received.answer))
        return received.answer

    handlers: Handlers = {"/print": deliver, "/failed": call_back}
    async with function_urls(handlers) as base, asyncio.timeout(60):
        url = f"{base}/print"
        publisher = publishing({"print": url}, failure_callback_url=f"{base}/failed")
        enqueuer = replace(desk.enqueuer, publisher=publisher)
        run_id = (await enqueuer.enqueue(CONTRACT, Print(paper="A9"), owner="ada")).run.id

        assert [(what, answer.status) for what, answer in (await answers.get(), await answers.get())] == [
            ("delivered", 489),
            ("called back", 200),
        ]
        run = await desk.read(run_id)
        letters = (await publisher._client.dlq.list(filter={"url": url})).messages
        assert [letter.dlq_id for letter in letters] == [run.dlq_id]
        assert (run.state, run.error) == (State.FAILED, {"code": "bad_request", "message": "there is no such paper"})

        done = await Operator(enqueuer, "command line", World()).replay(run_id, payload={"paper": "A4"})
        assert done.outcome is Outcome.REPLAYED
        what, answer = await answers.get()
        assert (what, answer.outcome) == ("delivered", "succeeded")
        assert (await desk.read(run_id)).state is State.SUCCEEDED
        assert (await publisher._client.dlq.list(filter={"url": url})).messages == []
        assert printed == [run_id]
