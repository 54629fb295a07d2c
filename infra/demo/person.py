"""What a person does: asks for a sign-in link, opens it once, and calls the API as who they are from then on."""

import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from infra.demo.timeline import NotSo, demand
from infra.demo.witness import Mail, Witness

DEGRADED = "X-Degraded"


@dataclass(frozen=True, slots=True)
class Accepted:
    job: str
    milliseconds: float
    degraded: str
    """What the answer's X-Degraded header names, empty without one."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed in."""

    witness: Witness
    token: str = field(repr=False)

    def call(self, method: str, path: str, status: int, **options: Any) -> httpx.Response:
        """The API's answer; any but the one that is due ends the demo."""
        url, headers = f"{self.witness.urls.api}{path}", {"Authorization": f"Bearer {self.token}"}
        answer = self.witness.http.request(method, url, headers=headers, **options)
        demand(answer.status_code == status, f"{method} {path} answered {answer.status_code}, not {status}")
        return answer

    def demand_alive(self, job: str) -> None:
        """Spares waiting for what a job will not do any more."""
        found = self.call("GET", f"/v1/jobs/{job}", 200).json()
        if found["state"] in {"failed", "cancelled"}:
            raise NotSo(f"the job {found['job']} has {found['state']}: {found['reason']}, {found['error']}")


def ask(witness: Witness, address: str) -> Accepted:
    """Ask for a sign-in link; anything but 202 ends the demo."""
    began = time.monotonic()
    answer = witness.http.post(f"{witness.urls.api}/v1/auth/magic-links", json={"email": address})
    took = (time.monotonic() - began) * 1000
    demand(answer.status_code == 202, f"POST /v1/auth/magic-links answered {answer.status_code}, not 202")
    return Accepted(str(answer.json()["job"]), took, answer.headers.get(DEGRADED, ""))


def session(witness: Witness, mail: Mail) -> tuple[Person, int]:
    """Whoever has opened the link, and what its token is answered the second time."""
    link = witness.link_in(mail, "/sign-in#")
    token = witness.token_in(link)
    page = witness.http.get(link)
    demand(page.status_code == 200, f"the sign-in page answered {page.status_code}")
    answer = witness.http.post(f"{witness.urls.api}/v1/auth/sessions", json={"token": token})
    demand(answer.status_code in {200, 201}, f"the token was exchanged with {answer.status_code}")
    again = witness.http.post(f"{witness.urls.api}/v1/auth/sessions", json={"token": token})
    demand(400 <= again.status_code < 500, f"a used token was answered {again.status_code}")
    return Person(witness, str(answer.json()["token"])), again.status_code
