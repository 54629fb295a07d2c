"""What the demo can see from outside: the API as a person uses it, the mailbox, QStash's events, Lambda's processes."""

import os
import re
import signal
import time
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx

from infra.demo.timeline import NotSo
from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from infra.local.stack import Urls

T = TypeVar("T")

LINK: Final = re.compile(r'href="([^"]+)"')
Mail = dict[str, Any]


def wait_for(look: Callable[[], T | None], *, seconds: float, otherwise: str, every: float = 0.05) -> T:
    """What `look` finds, as soon as it finds something; `every` is the pause in between, in seconds."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := look():
            return found
        time.sleep(every)
    raise NotSo(f"{otherwise} within {seconds:g} s")


@dataclass(frozen=True, slots=True)
class Witness:
    urls: Urls
    http: httpx.Client

    def mails(self, to: str) -> list[Mail]:
        answer = self.http.get(f"{self.urls.resend}/local/emails", params={"to": to})
        mails: list[Mail] = answer.raise_for_status().json()["data"]
        return mails

    def link_in(self, mail: Mail, part: str) -> str:
        """The first link with this in its address."""
        for found in LINK.finditer(mail["html"]):
            if part in found[1]:
                return unescape(found[1])
        raise NotSo(f"the mail has no link to {part}")

    def token_in(self, link: str) -> str:
        token = parse_qs(urlsplit(link).fragment).get("token")
        if not token:
            raise NotSo("the link has no token in its fragment")
        return token[0]

    def slow_resend(self, seconds: float) -> None:
        """The next mail is accepted, but its answer takes so long."""
        order = {"next": [{"delay": seconds, "drop_answer": True}]}
        self.http.post(f"{self.urls.resend}/local/faults", json=order).raise_for_status()

    def called_resend(self) -> bool:
        """Whether the ordered fault has met its call."""
        answer = self.http.get(f"{self.urls.resend}/local/faults").raise_for_status()
        return bool(answer.json()["armed"] == 0)

    def events(self, **wanted: str) -> list[dict[str, Any]]:
        """QStash's log, newest first; `wanted` are its own filters."""
        answer = self._qstash("GET", "/v2/events", params=wanted)
        events: list[dict[str, Any]] = answer.json()["events"]
        return events

    def delivered(self, job: str) -> dict[str, Any] | None:
        """The event that says that the job was delivered and answered with success."""
        events = self.events(state="DELIVERED")
        return next((event for event in events if job.encode() in b64decode(event["body"])), None)

    def redeliver(self, message_id: str) -> dict[str, Any]:
        """The same message, the same id, delivered once more."""
        told: dict[str, Any] = self._qstash("POST", f"/local/redeliver/{message_id}").json()
        return told

    def busy_process(self, function: str) -> int | None:
        """The process that is at work on an invocation of the function."""
        processes = self.http.get(f"{self.urls.host}/local/functions").raise_for_status().json()[function]
        return next((process["pid"] for process in processes if process["state"] == "busy"), None)

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    def _qstash(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {os.environ.get('QSTASH_TOKEN', DEVELOPMENT_TOKEN)}"}
        answer = self.http.request(method, f"{self.urls.qstash}{path}", headers=headers, **options)
        return answer.raise_for_status()
