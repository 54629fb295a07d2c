"""What one webhook says: one line without an address, and metrics by kind."""

import asyncio
import json
import logging
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from functions.email_events.handler import EventHandler
from shared.collections import ensure
from shared.config import MongoSettings
from shared.database import connect
from tests.integration.handler.door import LambdaCall
from tests.support import svix
from tests.support.processes import process_on

CALL = LambdaCall(20_000)


@pytest.fixture
def handler(mongodb_uri: str, caplog: pytest.LogCaptureFixture) -> Iterator[EventHandler]:
    """As AWS calls it: synchronously, on a loop of its own."""
    name = f"test_{secrets.token_hex(6)}"
    settings = MongoSettings(stage="local", mongodb_uri=SecretStr(mongodb_uri), mongodb_database=name)
    process = process_on(connect(settings), log=logging.getLogger("events"))
    process.run(ensure(process.database))
    with caplog.at_level(logging.INFO, logger="events"):
        yield EventHandler(process=process, settings=svix.settings)
    process.run(process.database.client.drop_database(name))
    process.database.client.close()
    process.loop.close()
    asyncio.set_event_loop(None)


def counted(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The metrics that were printed, without their wrapping and the stage."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    around = {"_aws", "stage"}
    return [{name: value for name, value in line.items() if name not in around} for line in lines if "_aws" in line]


def test_a_webhook_is_one_line_of_ids_and_words(handler: EventHandler, caplog: pytest.LogCaptureFixture) -> None:
    body = svix.told("bounced", "re_1", ["ann@race.dev"], run="run-1")

    answer = handler(svix.webhook(body, webhook_id="msg_1"), CALL)

    [line] = caplog.records
    said = {name: value for name, value in vars(line).items() if name in SAID}
    assert said == {
        "message": "mail event",
        "outcome": "unknown",
        "status": 200,
        "svix_id": "msg_1",
        "key": 1,
        "kind": "bounced",
        "resend_id": "re_1",
        "suppresses": True,
    }
    assert "ann@" not in str(vars(line))
    assert "mailbox" not in str(vars(line))
    assert json.loads(answer["body"]) == {"outcome": "unknown"}


SAID = {"message", "outcome", "status", "reason", "svix_id", "key", "kind", "resend_id", "run", "suppresses"}


@pytest.mark.parametrize(
    ("kind", "metric"), [("bounced", "MailsBounced"), ("complained", "MailsComplained"), ("delivered", None)]
)
def test_events_are_counted_by_kind_and_harmful_ones_for_themselves(
    handler: EventHandler, capsys: pytest.CaptureFixture[str], kind: str, metric: str | None
) -> None:
    handler(svix.webhook(svix.told(kind, "re_1", ["ann@race.dev"])), CALL)
    assert counted(capsys) == [{"kind": kind, "MailEvents": [1.0]}, *([{metric: [1.0]}] if metric else [])]


def test_a_repeat_and_a_forged_one_count_nothing(
    handler: EventHandler, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Who is not proven must raise no alarm."""
    bounced = svix.webhook(svix.told("bounced", "re_1", ["ann@race.dev"]))
    handler(bounced, CALL)
    counted(capsys)
    handler(bounced, CALL)
    answer = handler(svix.webhook(svix.told("bounced", "re_2", ["ann@race.dev"]), key=svix.OLD_KEY), CALL)
    assert counted(capsys) == []
    assert (answer["statusCode"], answer["body"]) == (401, '{"outcome": "unauthorized"}')
    assert caplog.records[-1].reason == "signed by no key that is configured"  # type: ignore[attr-defined] # logging's extra fields


def test_what_is_not_followed_is_counted_as_other(handler: EventHandler, capsys: pytest.CaptureFixture[str]) -> None:
    """A dimension's values are ours: a sender can't make up new ones."""
    handler(svix.webhook(b'{"type":"contact.created"}'), CALL)
    assert counted(capsys) == [{"kind": "other", "MailEvents": [1.0]}]


def test_a_deployment_without_a_secret_is_500_and_says_which_setting(
    handler: EventHandler, caplog: pytest.LogCaptureFixture
) -> None:
    """Not 401: nobody is refused for a fault that is ours, and Resend comes again."""
    broken = EventHandler(process=handler._process, settings=lambda: svix.settings("whsec_"))
    assert broken(svix.webhook(b"{}"), CALL)["statusCode"] == 500
    assert "RESEND_WEBHOOK_SECRET" in caplog.records[-1].reason  # type: ignore[attr-defined] # logging's extra fields
