"""The mail about a change of the deployment's health."""

from functions.send_email.contract import HealthMail, SendEmail
from shared.runs.model import instant
from tests.integration.send_email.bench import Bench

NOON = 1_795_521_600_000
HOUR = 3_600_000


def change(was: str, status: str, *why: str) -> SendEmail:
    mail = HealthMail(was=was, was_since=instant(NOON - HOUR), status=status, since=instant(NOON), why=why)
    return SendEmail(mail=mail)


async def test_operators_read_how_it_is_since_when_and_why(bench: Bench) -> None:
    desk = bench.desk()
    await desk.deliver(
        (await desk.enqueue(change("healthy", "degraded", "redis is down: <b>no</b> answer in 5 s"))).run
    )
    (mail,) = bench.mails(bench.services.head.operators[0])
    assert mail["subject"] == "[dev] Mill is degraded (was healthy)"
    assert "- redis is down: <b>no</b> answer in 5 s" in mail["text"]
    assert "redis is down: &lt;b&gt;no&lt;/b&gt; answer in 5 s" in mail["html"]
    assert "Since 24 November 2026, 12:00 UTC." in mail["text"]
    assert "Before that it was healthy, since 24 November 2026, 11:00 UTC." in mail["text"]


async def test_when_all_is_well_again_nothing_is_listed(bench: Bench) -> None:
    desk = bench.desk()
    await desk.deliver((await desk.enqueue(change("down", "healthy"))).run)
    (mail,) = bench.mails(bench.services.head.operators[0])
    assert mail["subject"] == "[dev] Mill is healthy (was down)"
    assert "not well" not in mail["text"] + mail["html"]
