"""The people of a day, and what goes wrong for them: they upload, analyse, report, delete, forget, bounce and fail."""

import hashlib
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from infra.demo.person import Person, ask, session
from infra.demo.timeline import demand
from infra.demo.witness import Witness, wait_for

PATIENCE: Final = 60.0
TYPE: Final = "text/plain"
DELIVERED: Final = "{}@example.com"
BOUNCED: Final = "bounced+{}@resend.dev"


@dataclass(frozen=True, slots=True)
class Town:
    witness: Witness
    signed_in: dict[str, Person] = field(default_factory=dict)
    """By name; nobody may ask for a link as often as they come."""

    def lives(self, name: str) -> None:
        """One person's visit, with one of everything."""
        person = self.signed_in.get(name) or self._signs_in(DELIVERED.format(name))
        self.signed_in[name] = person
        kept, deleted = self._document(person, f"{name}'s first"), self._document(person, f"{name}'s second")
        self._job(person, "analyze_document", {"document": kept})
        self._job(person, "generate_pdf", {"kind": "report", "document": kept})
        person.call("DELETE", f"/v1/documents/{deleted}", 204)
        self._ticket(person, b"never put")
        self._put(self._ticket(person, b"put and forgotten"), b"put and forgotten")
        self._fails(person, deleted)

    def bounces(self, name: str) -> str:
        """Somebody's mail comes back; their address."""
        address = BOUNCED.format(name)
        job = ask(self.witness, address).job
        wait_for(lambda: self.witness.delivered(job), seconds=PATIENCE, otherwise="the mail did not leave")
        return address

    def is_not_mailed(self, address: str) -> None:
        """They ask again, and get no second mail."""
        job = ask(self.witness, address).job
        wait_for(lambda: self.witness.delivered(job), seconds=PATIENCE, otherwise="the job did not run")
        demand(len(self.witness.mails(address)) == 1, f"mail to {address} goes on")

    def has_mail(self, name: str) -> None:
        address = DELIVERED.format(name)
        wait_for(lambda: self.witness.mails(address), seconds=PATIENCE, otherwise="the replayed mail did not leave")

    @contextmanager
    def refusing(self, count: int) -> Iterator[None]:
        """So many mails are refused for good."""
        order = {"next": [{"status": 422, "name": "validation_error"}] * count}
        self._order(order)
        yield
        self._order({"next": []})

    def fails(self, name: str) -> str:
        """Somebody asks for a link while mails are refused: the run that has failed."""
        job = ask(self.witness, DELIVERED.format(name)).job
        wait_for(
            lambda: self.witness.events(state="FAILED", messageId=self._message_of(job)),
            seconds=PATIENCE,
            otherwise="the run did not fail",
        )
        return job

    def _message_of(self, job: str) -> str:
        found = wait_for(
            lambda: [event for event in self.witness.events() if _is_about(event, job)],
            seconds=PATIENCE,
            otherwise="the run was never published",
        )
        return str(found[0]["messageId"])

    def _signs_in(self, address: str) -> Person:
        job = ask(self.witness, address).job
        wait_for(lambda: self.witness.delivered(job), seconds=PATIENCE, otherwise="the mail did not leave")
        mails = wait_for(lambda: self.witness.mails(address), seconds=PATIENCE, otherwise="no mail arrived")
        return session(self.witness, mails[0])[0]

    def _document(self, person: Person, text: str) -> str:
        body = text.encode()
        ticket = self._ticket(person, body)
        self._put(ticket, body)
        return str(person.call("POST", "/v1/documents", 201, json={"upload": ticket["id"]}).json()["id"])

    def _ticket(self, person: Person, body: bytes) -> dict[str, Any]:
        asked = {
            "name": "a.txt",
            "content_type": TYPE,
            "size": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        ticket: dict[str, Any] = person.call("POST", "/v1/uploads", 201, json=asked).json()
        return ticket

    def _put(self, ticket: dict[str, Any], body: bytes) -> None:
        self.witness.http.put(ticket["url"], content=body, headers=ticket["headers"]).raise_for_status()

    def _job(self, person: Person, name: str, payload: dict[str, Any]) -> None:
        job = person.call("POST", f"/v1/jobs/{name}", 202, json=payload).json()["job"]
        wait_for(lambda: _ended(person, job), seconds=PATIENCE, otherwise=f"{name} did not end", every=0.25)
        person.demand_alive(job)

    def _fails(self, person: Person, gone: str) -> None:
        """A job about what is there no more."""
        job = person.call("POST", "/v1/jobs/analyze_document", 202, json={"document": gone}).json()["job"]
        wait_for(lambda: _ended(person, job), seconds=PATIENCE, otherwise="it did not fail", every=0.25)

    def _order(self, order: dict[str, Any]) -> None:
        self.witness.http.post(f"{self.witness.urls.resend}/local/faults", json=order).raise_for_status()


def _ended(person: Person, job: str) -> bool:
    found = person.call("GET", f"/v1/jobs/{job}", 200).json()
    return found["state"] in {"succeeded", "failed", "cancelled"}


def _is_about(event: dict[str, Any], job: str) -> bool:
    return job.encode() in b64decode(event["body"])
