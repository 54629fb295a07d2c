"""The API, the store behind its signed URLs, and the mailbox, as the demo meets them, over httpx's MockTransport.

desk = Desk()
desk.answers["GET", "/v1/documents/mill-race.pdf"] = {"status": "unreadable", ..}      # one answer is another
person = desk.person()
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

import httpx

from infra.demo.papers import DATA, PAPERS
from infra.demo.person import Person
from infra.demo.witness import Witness
from infra.local.stack import Urls

API: Final = "http://api"
STORE: Final = "http://store"
LINK: Final = f"{STORE}/bucket/reports/r.pdf?X-Amz-Expires=60&X-Amz-Signature=0a1b"
MAILED: Final = "ada@example.com"
DELIVERED: Final = {
    "Content-Type": "application/pdf",
    "Content-Disposition": 'attachment; filename="The Mill Race.pdf"',
}


def analysed(name: str, language: str, **changes: Any) -> dict[str, Any]:
    """A document as the API shows it when all went well."""
    told = {
        "language": language,
        "category": "article",
        "degraded": False,
        "keywords": [{"word": "wheel", "weight": 1.0}, {"word": "race", "weight": 0.5}],
    }
    return {
        "id": name,
        "title": "The Mill Race",
        "status": "analysed",
        "unreadable_because": None,
        "file": {"name": name},
        "analysis": told | changes,
    }


def mail(number: int) -> dict[str, Any]:
    link = LINK.replace("&", "&amp;")
    return {"id": f"m{number}", "subject": "Ready", "to": [MAILED], "html": f'<a href="{link}">Download</a>'}


def witness(answer: Callable[[httpx.Request], httpx.Response]) -> Witness:
    addresses = {one.name: "http://nowhere" for one in fields(Urls)} | {"api": API, "resend": "http://resend"}
    http = httpx.Client(transport=httpx.MockTransport(answer))
    return Witness(Urls(**addresses), http)  # type: ignore[arg-type]  # one of them is a map


class Desk:
    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Any] = {
            ("GET", f"/v1/documents/{paper.path.name}"): analysed(paper.path.name, paper.language) for paper in PAPERS
        }
        self.answers["GET", "/v1/jobs/j"] = {"job": "generate_pdf", "state": "running", "reason": None, "error": None}
        self.mails: list[list[dict[str, Any]]] = [[mail(0)], [mail(0), mail(1)]]
        """What each look into the mailbox finds; the last one stays."""
        self.pdf = (DATA / "mill-race.pdf").read_bytes()
        self.delivered: Mapping[str, str] = DELIVERED
        self.links = {LINK}
        """What the store gives the report for."""
        self.asked: dict[str, dict[str, Any]] = {}
        self.put: list[httpx.Request] = []
        self.claims: list[str] = []
        self.another_document = False

    def person(self) -> Person:
        return Person(witness(self._answer), "ms_ada")

    def _answer(self, request: httpx.Request) -> httpx.Response:
        match request.url.host:
            case "api":
                assert request.headers["authorization"] == "Bearer ms_ada"
                return self._api(request)
            case "store":
                assert "authorization" not in request.headers
                return self._store(request)
        found = self.mails.pop(0) if len(self.mails) > 1 else self.mails[0]
        return httpx.Response(200, json={"data": found})

    def _api(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=self.answers["GET", request.url.path])
        body = json.loads(request.content)
        match request.url.path:
            case "/v1/uploads":
                self.asked[body["name"]] = body
                headers = {"content-length": str(body["size"]), "x-amz-checksum-sha256": body["sha256"]}
                return httpx.Response(
                    201, json={"id": body["name"], "url": f"{STORE}/put/{body['name']}", "headers": headers}
                )
            case "/v1/documents":
                again = body["upload"] in self.claims
                self.claims.append(body["upload"])
                name = f"{body['upload']}2" if again and self.another_document else body["upload"]
                return httpx.Response(200 if again else 201, json={"id": name, "title": body["title"]})
        return httpx.Response(202, json={"job": "j"})

    def _store(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            self.put.append(request)
            return httpx.Response(200)
        if str(request.url) not in self.links:
            return httpx.Response(403)
        return httpx.Response(200, content=self.pdf, headers=self.delivered)
