"""What a person does: asks for a sign-in link, reads the mail, opens the link once."""

import time
from dataclasses import dataclass

from infra.demo.timeline import demand
from infra.demo.witness import Mail, Witness

DEGRADED = "X-Degraded"


@dataclass(frozen=True, slots=True)
class Accepted:
    job: str
    milliseconds: float
    degraded: str
    """What the answer's X-Degraded header names, empty without one."""


def ask(witness: Witness, address: str) -> Accepted:
    """Ask for a sign-in link; anything but 202 ends the demo."""
    began = time.monotonic()
    answer = witness.http.post(f"{witness.urls.api}/v1/auth/magic-links", json={"email": address})
    took = (time.monotonic() - began) * 1000
    demand(answer.status_code == 202, f"POST /v1/auth/magic-links answered {answer.status_code}, not 202")
    return Accepted(str(answer.json()["job"]), took, answer.headers.get(DEGRADED, ""))


def session(witness: Witness, mail: Mail) -> tuple[str, int]:
    """The session's token, and what the link's token is answered the second time."""
    link = witness.link_in(mail)
    token = witness.token_in(link)
    page = witness.http.get(link)
    demand(page.status_code == 200, f"the sign-in page answered {page.status_code}")
    answer = witness.http.post(f"{witness.urls.api}/v1/auth/sessions", json={"token": token})
    demand(answer.status_code in {200, 201}, f"the token was exchanged with {answer.status_code}")
    again = witness.http.post(f"{witness.urls.api}/v1/auth/sessions", json={"token": token})
    demand(400 <= again.status_code < 500, f"a used token was answered {again.status_code}")
    return str(answer.json()["token"]), again.status_code
