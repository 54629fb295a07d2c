"""The demo's script: what is done, and what must be seen, step by step."""

import time
from pathlib import Path
from typing import Final

from infra.demo.outage import Outage, endure
from infra.demo.person import ask, session
from infra.demo.timeline import Timeline, demand
from infra.demo.witness import Mail, Witness, wait_for

ADA: Final = "ada@example.com"
GRACE: Final = "grace@example.com"
LEASE_AND_RETRIES: Final = 150
"""Seconds in which a killed delivery must have been made good; the lease alone takes most of it."""


def tell(timeline: Timeline, witness: Witness, out: Path, outage: Outage | None = None) -> None:
    """Every step needs the one before it; the first that fails ends the story. An outage begins half-way."""
    job = message_id = token = ""
    mail: Mail = {}
    with timeline.step("accepted", "asking for a sign-in link") as seen:
        job = _accepted(witness, seen)
    if timeline.ok:
        with timeline.step("delivered", "waiting for QStash's signed delivery") as seen:
            message_id = _delivered(witness, job, seen)
    if timeline.ok:
        with timeline.step("mail", "waiting for the mail") as seen:
            mail = _mail(witness, out, seen)
    if timeline.ok:
        with timeline.step("session", "opening the link") as seen:
            token = _session(witness, mail, seen)
    if timeline.ok:
        with timeline.step("history", "reading the job's history") as seen:
            _history(witness, job, token, seen)
    if timeline.ok:
        with timeline.step("duplicate", "delivering the same message again") as seen:
            _duplicate(witness, message_id, seen)
    if timeline.ok and outage:
        with timeline.step("outage", f"stopping {outage.service} for good, then signing in without it") as seen:
            endure(witness, outage, seen)
    if timeline.ok:
        with timeline.step("crash", "killing a Lambda in the middle of its call, then waiting for its lease") as seen:
            _crash(witness, seen)


def _accepted(witness: Witness, seen: list[str]) -> str:
    accepted = ask(witness, ADA)
    seen.append(f"202 in {accepted.milliseconds:.0f} ms, job {accepted.job}")
    return accepted.job


def _delivered(witness: Witness, job: str, seen: list[str]) -> str:
    event = wait_for(lambda: witness.delivered(job), seconds=30, otherwise="QStash delivered nothing")
    message_id = str(event["messageId"])
    seen.append(f"QStash delivered {message_id}, signed, to the send_email Lambda")
    return message_id


def _mail(witness: Witness, out: Path, seen: list[str]) -> Mail:
    mails = wait_for(lambda: witness.mails(ADA), seconds=10, otherwise="no mail arrived")
    demand(len(mails) == 1, f"{len(mails)} mails arrived, not one")
    mail = mails[0]
    (out / "mail.html").write_text(mail["html"], "utf-8")
    (out / "mail.txt").write_text(mail["text"], "utf-8")
    seen.append(f"“{mail['subject']}” to {mail['to'][0]}, {len(mail['html']) // 1024} KB of HTML and a plain-text twin")
    return mail


def _session(witness: Witness, mail: Mail, seen: list[str]) -> str:
    token, again = session(witness, mail)
    seen.append(f"the link's token became a session, once (again: {again})")
    return token


def _history(witness: Witness, job: str, token: str, seen: list[str]) -> None:
    url = f"{witness.urls.api}/v1/jobs/{job}"
    stranger = witness.http.get(url)
    demand(stranger.status_code == 401, f"without a session the job was answered {stranger.status_code}")
    answer = witness.http.get(url, headers={"Authorization": f"Bearer {token}"})
    demand(answer.status_code == 200, f"the job's owner was answered {answer.status_code}")
    found = answer.json()
    demand(found["state"] == "succeeded", f"the job's state is {found['state']}")
    attempts = [attempt["outcome"] for attempt in found["attempts"]]
    demand(attempts == ["succeeded"], f"its attempts were {attempts}")
    seen.append("state succeeded after one attempt, for its owner's eyes only")


def _duplicate(witness: Witness, message_id: str, seen: list[str]) -> None:
    told = witness.redeliver(message_id)
    demand(told["status"] == 200, f"the second delivery was answered {told['status']}")
    mails = witness.mails(ADA)
    demand(len(mails) == 1, f"after a second delivery there are {len(mails)} mails")
    seen.append("a second delivery of the same message was answered 200: still one mail")


def _crash(witness: Witness, seen: list[str]) -> None:
    witness.slow_resend(3)
    job = ask(witness, GRACE).job
    pid = wait_for(lambda: witness.busy_process("send_email"), seconds=20, otherwise="no Lambda was at work")
    wait_for(witness.called_resend, seconds=10, otherwise="the Lambda did not call Resend")
    witness.kill(pid)
    killed = time.monotonic()
    seen.append(f"killed process {pid} while Resend had its call")

    wait_for(
        lambda: witness.delivered(job), seconds=LEASE_AND_RETRIES, otherwise="the killed delivery was not made good"
    )
    mails = witness.mails(GRACE)
    demand(len(mails) == 1, f"after the crash there are {len(mails)} mails")
    calls = mails[0]["calls"]
    demand(calls == 2, f"Resend was called {calls} times under the run's key, not twice: the crash hit another place")
    seen.append(f"delivered again after {time.monotonic() - killed:.0f} s under the same key: one mail from two calls")
