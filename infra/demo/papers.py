"""Real files: put by signed URL, made documents, and analysed."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra.demo.person import Person
from infra.demo.timeline import NotSo, demand
from infra.demo.witness import wait_for
from infra.local.processes import ROOT

DATA: Final = ROOT / "tests" / "data"
ANALYSIS: Final = 120
"""Seconds in which three documents are read; the first of them starts a Lambda and its reader."""
SHOWN: Final = 3
"""Keywords of each document."""

View = dict[str, Any]
"""A document as the API shows it."""


@dataclass(frozen=True, slots=True)
class Paper:
    path: Path
    title: str
    content_type: str
    language: str
    """What the analysis must find, of itself."""


PAPERS: Final = (
    Paper(DATA / "mill-race.pdf", "The Mill Race", "application/pdf", "en"),
    Paper(
        DATA / "muehlbach.docx",
        "Niederschrift der Versammlung am Mühlbach",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "de",
    ),
    Paper(DATA / "suisha.md", "水車小屋の一年", "text/markdown", "ja"),
)


def upload(person: Person, seen: list[str]) -> list[View]:
    """Each of PAPERS as a document, in their order."""
    documents = []
    for paper in PAPERS:
        body = paper.path.read_bytes()
        ticket = _put(person, paper, body)
        wish = {"upload": ticket["id"], "title": paper.title}
        document: View = person.call("POST", "/v1/documents", 201, json=wish).json()
        again = person.call("POST", "/v1/documents", 200, json=wish).json()
        demand(again["id"] == document["id"], f"{paper.path.name}, claimed again, became another document")
        documents.append(document)
        seen.append(f"{paper.path.name} ({len(body) / 1000:.0f} kB)")
    seen.append("each put by signed URL and claimed; claimed again, the same document")
    return documents


def _put(person: Person, paper: Paper, body: bytes) -> View:
    asked = {
        "name": paper.path.name,
        "content_type": paper.content_type,
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    ticket: View = person.call("POST", "/v1/uploads", 201, json=asked).json()
    answer = person.witness.http.put(ticket["url"], content=body, headers=ticket["headers"])
    demand(answer.status_code == 200, f"PUT of {paper.path.name} was answered {answer.status_code}")
    return ticket


def analysis(person: Person, documents: list[View], seen: list[str]) -> list[View]:
    """The documents, analysed: each in its own language, and by the model."""
    jobs = [
        str(person.call("POST", "/v1/jobs/analyze_document", 202, json={"document": document["id"]}).json()["job"])
        for document in documents
    ]
    return [
        _analysed(person, paper, document["id"], job, seen)
        for paper, document, job in zip(PAPERS, documents, jobs, strict=True)
    ]


def _analysed(person: Person, paper: Paper, document: str, job: str, seen: list[str]) -> View:
    name = paper.path.name
    found = wait_for(
        lambda: _found(person, document, job), seconds=ANALYSIS, otherwise=f"{name} was not analysed", every=0.25
    )
    told = found["analysis"]
    demand(told["language"] == paper.language, f"{name} was taken for {told['language']!r}")
    demand(not told["degraded"], f"{name} was analysed without the model")
    words = ", ".join(keyword["word"] for keyword in told["keywords"][:SHOWN])
    demand(words, f"the analysis of {name} has no keywords")
    seen.append(f"{name} is {told['language']}, {told['category']}: {words}")
    return found


def _found(person: Person, document: str, job: str) -> View | None:
    """None while it is on its way; NotSo when nothing will come of it."""
    found: View = person.call("GET", f"/v1/documents/{document}", 200).json()
    if found["status"] == "unreadable":
        raise NotSo(f"{found['file']['name']} could not be read: {found['unreadable_because']}")
    if found["status"] == "analysed":
        return found
    person.demand_alive(job)
    return None
