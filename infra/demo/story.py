"""The demo's script: what is done, and what must be seen, step by step."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from infra.demo.outage import Outage, endure
from infra.demo.papers import View, analysis, upload
from infra.demo.person import Person, ask, session
from infra.demo.reporting import download, report
from infra.demo.searching import deleted, search
from infra.demo.timeline import Timeline, demand
from infra.demo.witness import Mail, Witness, wait_for

ADA: Final = "ada@example.com"
GRACE: Final = "grace@example.com"
LEASE_AND_RETRIES: Final = 150
"""Seconds in which a killed delivery must have been made good; the lease alone takes most of it."""


@dataclass(slots=True)
class Scene:
    """What the steps hand on to one another."""

    witness: Witness
    out: Path
    job: str = field(init=False)
    message_id: str = field(init=False)
    mail: Mail = field(init=False)
    ada: Person = field(init=False)
    documents: list[View] = field(init=False)


Step = tuple[str, str, Callable[[Scene, list[str]], None]]
"""Its name, what one waits for, and what is done and seen."""


def tell(timeline: Timeline, witness: Witness, out: Path, outage: Outage | None = None) -> None:
    """Every step needs the one before it; the first that fails ends the story. An outage begins half-way."""
    scene = Scene(witness, out)
    steps: list[Step] = [
        ("accepted", "asking for a sign-in link", _accepted),
        ("delivered", "waiting for QStash's signed delivery", _delivered),
        ("mail", "waiting for the mail", _mail),
        ("session", "opening the link", _session),
        ("history", "reading the job's history", _history),
        ("duplicate", "delivering the same message again", _duplicate),
        ("upload", "uploading three files by signed URL", _upload),
        ("analysis", "waiting for their analyses", _analysis),
        ("report", "asking for a report, then waiting for its mail", _report),
        ("download", "following the mail's link", _download),
        ("search", "searching the three files", _search),
        ("deleted", "deleting one, and searching again", _deleted),
        *(_outage(outage) if outage else ()),
        ("crash", "killing a Lambda in the middle of its call, then waiting for its lease", _crash),
    ]
    for name, waiting, act in steps:
        with timeline.step(name, waiting) as seen:
            act(scene, seen)
        if not timeline.ok:
            return


def _accepted(scene: Scene, seen: list[str]) -> None:
    accepted = ask(scene.witness, ADA)
    scene.job = accepted.job
    seen.append(f"202 in {accepted.milliseconds:.0f} ms, job {accepted.job}")


def _delivered(scene: Scene, seen: list[str]) -> None:
    event = wait_for(lambda: scene.witness.delivered(scene.job), seconds=30, otherwise="QStash delivered nothing")
    scene.message_id = str(event["messageId"])
    seen.append(f"QStash delivered {scene.message_id}, signed, to the send_email Lambda")


def _mail(scene: Scene, seen: list[str]) -> None:
    mails = wait_for(lambda: scene.witness.mails(ADA), seconds=10, otherwise="no mail arrived")
    demand(len(mails) == 1, f"{len(mails)} mails arrived, not one")
    mail = scene.mail = mails[0]
    (scene.out / "mail.html").write_text(mail["html"], "utf-8")
    (scene.out / "mail.txt").write_text(mail["text"], "utf-8")
    seen.append(f"“{mail['subject']}” to {mail['to'][0]}, {len(mail['html']) // 1024} KB of HTML and a plain-text twin")


def _session(scene: Scene, seen: list[str]) -> None:
    scene.ada, again = session(scene.witness, scene.mail)
    seen.append(f"the link's token became a session, once (again: {again})")


def _history(scene: Scene, seen: list[str]) -> None:
    path = f"/v1/jobs/{scene.job}"
    stranger = scene.witness.http.get(f"{scene.witness.urls.api}{path}")
    demand(stranger.status_code == 401, f"without a session the job was answered {stranger.status_code}")
    found = scene.ada.call("GET", path, 200).json()
    demand(found["state"] == "succeeded", f"the job's state is {found['state']}")
    attempts = [attempt["outcome"] for attempt in found["attempts"]]
    demand(attempts == ["succeeded"], f"its attempts were {attempts}")
    seen.append("state succeeded after one attempt, for its owner's eyes only")


def _duplicate(scene: Scene, seen: list[str]) -> None:
    told = scene.witness.redeliver(scene.message_id)
    demand(told["status"] == 200, f"the second delivery was answered {told['status']}")
    mails = scene.witness.mails(ADA)
    demand(len(mails) == 1, f"after a second delivery there are {len(mails)} mails")
    seen.append("a second delivery of the same message was answered 200: still one mail")


def _upload(scene: Scene, seen: list[str]) -> None:
    scene.documents = upload(scene.ada, seen)


def _analysis(scene: Scene, seen: list[str]) -> None:
    scene.documents = analysis(scene.ada, scene.documents, seen)


def _report(scene: Scene, seen: list[str]) -> None:
    scene.mail = report(scene.ada, ADA, scene.documents[0], scene.out, seen)


def _download(scene: Scene, seen: list[str]) -> None:
    download(scene.ada, scene.mail, scene.documents[0], scene.out, seen)


def _search(scene: Scene, seen: list[str]) -> None:
    search(scene.ada, scene.documents, seen)


def _deleted(scene: Scene, seen: list[str]) -> None:
    deleted(scene.ada, scene.documents[-1], seen)


def _outage(outage: Outage) -> Iterator[Step]:
    waiting = f"stopping {outage.service} for good, then signing in without it"
    yield "outage", waiting, lambda scene, seen: endure(scene.witness, outage, seen)


def _crash(scene: Scene, seen: list[str]) -> None:
    witness = scene.witness
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
    # Resend's webhook is there long before the lease is over: the mail is known to be sent, though its answer was lost.
    demand(calls == 1, f"Resend was called {calls} times, though it had told by a webhook that it had the mail")
    again = time.monotonic() - killed
    seen.append(
        f"delivered again after {again:.0f} s: a webhook of Resend's had proved the mail, so there was no second call"
    )
