"""Case 24: the sign-in token is in the mail and nowhere else. The handler runs as AWS runs it, wired from variables."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from functions.bundle import job
from functions.send_email.contract import CONTRACT, SendEmail, SignInMail
from functions.send_email.handler import handler, wire
from functions.send_email.sending import evidence
from shared.clock import new_token
from shared.collections import ensure
from shared.config import TokenSettings, load
from shared.context import JobContext
from shared.enqueue import new_run
from shared.handler import JobHandler
from shared.message import Message
from shared.runs import outbox
from shared.tokens import key_ring
from shared.work import Work
from tests.integration.send_email.bench import API_KEY, KID, SECRET
from tests.support.desk import KEY, NEXT_KEY, signed_event


class Lambda:
    """AWS's context object, as far as it is used."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@dataclass
class Deployed:
    handler: JobHandler
    to: str

    @property
    def process(self) -> Any:
        return self.handler._process

    def accept(self) -> str:
        """A sign-in mail's run, as the API accepts it."""
        mail = SignInMail(to=self.to, kid=KID, minutes=15, requested_at=datetime.now(UTC))
        new = new_run(CONTRACT, SendEmail(mail=mail), owner="ann", run_id=new_token())
        return self.process.run(outbox.insert(self.process.database, new)).id  # type: ignore[no-any-return] # a run's id

    def deliver(self, run_id: str) -> dict[str, Any]:
        event = signed_event(Message(run_id, CONTRACT.name, 0, 0).encode())
        return self.handler(event, Lambda())

    def documents(self) -> str:
        """All that is in the store."""

        async def read() -> str:
            database = self.process.database
            names = await database.list_collection_names()
            return json.dumps([[found async for found in database[name].find()] for name in names], default=str)

        return str(self.process.run(read()))


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, mongodb_uri: str, resend_url: str) -> str:
    name = f"test_{uuid4().hex[:12]}"
    variables = {
        "STAGE": "dev",
        "LOG_LEVEL": "DEBUG",
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": name,
        "QSTASH_CURRENT_SIGNING_KEY": KEY,
        "QSTASH_NEXT_SIGNING_KEY": NEXT_KEY,
        "RESEND_API_KEY": API_KEY,
        "RESEND_API_URL": resend_url,
        "MAIL_FROM": "Mill <mill@race.dev>",
        "MAIL_OPERATORS": "op@race.dev",
        "APP_URL": "https://app.race.dev",
        "TOKEN_KEYS": f"{KID}:{SECRET}",
        "POWERTOOLS_TRACE_DISABLED": "1",
    }
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    return name


@pytest.fixture
def deploy(environment: str) -> Iterator[Callable[[Work], Deployed]]:
    """Makes a handler of a function, in a process of its own as far as one test process can hold it."""
    made: list[Deployed] = []

    def deployed(work: Work) -> Deployed:
        built = job(CONTRACT, services=wire, evidence=lambda process: evidence(process.database))(work)
        made.append(Deployed(built, f"ann-{uuid4()}@race.dev"))
        made[-1].process.run(ensure(made[-1].process.database))
        for stream in logging.getLogger(made[-1].process.log.name).handlers:
            if isinstance(stream, logging.StreamHandler):
                stream.stream = sys.stdout  # Powertools keeps one logger a name, and so an earlier test's output
        return made[-1]

    yield deployed
    for one in made:
        one.process.run(one.process.database.client.drop_database(environment))
        one.process.database.client.close()
        one.process.loop.close()


def token_of(run_id: str) -> str:
    return key_ring(load(TokenSettings)).token(KID, run_id)


def test_case_24_the_token_is_in_the_mail_and_in_no_log_and_no_document(
    deploy: Callable[[Work], Deployed],
    resend_url: str,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Through a lost answer, a refusal that quotes the request, and a delivery that succeeds; all loggers at DEBUG."""
    caplog.set_level(logging.DEBUG)
    bundle = deploy(handler.work)
    run_id = bundle.accept()
    token = token_of(run_id)
    quoted = {"status": 429, "name": "rate_limit_exceeded", "message": f"your mail {token}"}
    httpx.post(
        f"{resend_url}/local/faults", json={"next": [{"drop_answer": True}, quoted]}, timeout=30
    ).raise_for_status()
    statuses = []
    for _ in range(3):
        statuses.append(bundle.deliver(run_id)["statusCode"])
        bundle.process.run(bundle.process.database.runs.update_one({"_id": run_id}, {"$set": {"not_before": 0}}))

    assert statuses == [503, 503, 200]
    (mail,) = httpx.get(f"{resend_url}/local/emails", params={"to": bundle.to}, timeout=30).json()["data"]
    assert token in mail["html"]
    assert token in mail["text"]
    output = capsys.readouterr()
    said = output.out + output.err + caplog.text
    assert run_id in said
    assert "Sign in" not in output.out + output.err
    stored = bundle.documents()
    assert "your mail {{secret:sign_in}}" in stored
    for secret in (token, SECRET, API_KEY):
        assert secret not in said
        assert secret not in stored


def test_a_fault_whose_text_holds_a_secret_is_logged_by_its_place_alone(
    deploy: Callable[[Work], Deployed], caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async def work(_: SendEmail, context: JobContext[Any]) -> None:
        raise RuntimeError(token_of(context.key))

    made = deploy(work)
    run_id = made.accept()
    answer = made.deliver(run_id)

    output = capsys.readouterr()
    said = output.out + output.err + caplog.text
    assert answer["statusCode"] == 503
    assert "RuntimeError" in said
    assert token_of(run_id) not in said + made.documents() + json.dumps(answer)
