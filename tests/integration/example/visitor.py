"""Somebody who uses the copy's API: signs in by mail, starts jobs, reads what became of them."""

import re
import time
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx

from infra.local.qstash.settings import DEVELOPMENT_TOKEN

T = TypeVar("T")
PATIENCE: Final = 60.0
LINK: Final = re.compile(r'href="([^"]+/sign-in#[^"]+)"')
Json = dict[str, Any]


def wait_for(look: Callable[[], T | None], what: str) -> T:
    """What `look` finds, as soon as it finds something."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {PATIENCE:g} s")


@dataclass
class Visitor:
    urls: Mapping[str, Any]
    http: httpx.Client
    address: str
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self) -> Json:
        """Ask for a link, take it from the mail; the sign-in's own run, when it has ended."""
        asked = self.http.post(f"{self.urls['api']}/v1/auth/magic-links", json={"email": self.address})
        assert asked.status_code == 202, asked.text
        mail = wait_for(self.mails, "the sign-in mail")[0]
        found = LINK.search(mail["html"])
        assert found
        token = parse_qs(urlsplit(unescape(found[1])).fragment)["token"][0]
        session = self.http.post(f"{self.urls['api']}/v1/auth/sessions", json={"token": token})
        assert session.is_success, session.text
        self.headers["Authorization"] = f"Bearer {session.json()['token']}"
        return self.succeeded(asked.json()["job"])

    def start(self, job: str, asked: Json, **headers: str) -> httpx.Response:
        return self.http.post(f"{self.urls['api']}/v1/jobs/{job}", json=asked, headers={**self.headers, **headers})

    def run(self, run_id: str) -> Json:
        answer = self.http.get(f"{self.urls['api']}/v1/jobs/{run_id}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def succeeded(self, run_id: str) -> Json:
        def look() -> Json | None:
            run = self.run(run_id)
            assert run["state"] not in {"failed", "cancelled"}, run
            return run if run["state"] == "succeeded" else None

        return wait_for(look, f"run {run_id} succeeded")

    def mails(self, subject: str = "") -> list[Json]:
        answer = self.http.get(f"{self.urls['resend']}/local/emails", params={"to": self.address})
        return [mail for mail in answer.raise_for_status().json()["data"] if subject in mail["subject"]]

    def message_of(self, run: Json) -> str:
        """QStash's id of the message by which it delivered a run."""
        wanted = {"label": run["job"], "state": "DELIVERED"}

        def look() -> str | None:
            events = self._qstash("GET", "/v2/events", params=wanted).json()["events"]
            return next(
                (event["messageId"] for event in events if run["id"].encode() in b64decode(event["body"])), None
            )

        return wait_for(look, "a delivery")

    def redeliver(self, message_id: str) -> int:
        """What the second delivery of a message was answered."""
        return int(self._qstash("POST", f"/local/redeliver/{message_id}").json()["status"])

    def all_quiet(self) -> None:
        """Wait until QStash has nothing more to deliver."""
        wait_for(lambda: self._qstash("GET", "/local/idle").json()["idle"], "QStash was idle")

    def _qstash(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {DEVELOPMENT_TOKEN}"}
        return self.http.request(method, f"{self.urls['qstash']}{path}", headers=headers, **options).raise_for_status()
