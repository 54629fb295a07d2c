"""A report: asked for, mailed, and fetched by its link."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from infra.demo.papers import View
from infra.demo.person import Person
from infra.demo.timeline import demand
from infra.demo.witness import Mail, wait_for

REPORT: Final = 120
"""Seconds in which it is typeset and mailed; the first one starts a Lambda and its compiler."""
SIGNATURE: Final = "X-Amz-Signature="


def report(person: Person, address: str, document: View, out: Path, seen: list[str]) -> Mail:
    """The mail that brings a report on the document."""
    before = {mail["id"] for mail in person.witness.mails(address)}
    asked = {"kind": "report", "document": document["id"]}
    job = str(person.call("POST", "/v1/jobs/generate_pdf", 202, json=asked).json()["job"])

    def come() -> list[Mail]:
        person.demand_alive(job)
        return [mail for mail in person.witness.mails(address) if mail["id"] not in before]

    mails = wait_for(come, seconds=REPORT, otherwise="no report was mailed", every=0.25)
    demand(len(mails) == 1, f"{len(mails)} mails came, not one")
    mail = mails[0]
    (out / "report-mail.html").write_text(mail["html"], "utf-8")
    seen.append(f"“{mail['subject']}” to {mail['to'][0]}")
    return mail


def download(person: Person, mail: Mail, document: View, out: Path, seen: list[str]) -> None:
    """Whoever has the link gets the report, and nobody by a link that was altered."""
    link = person.witness.link_in(mail, "/reports/")
    answer = person.witness.http.get(link)  # as from any browser: no session, no key
    demand(answer.status_code == 200, f"the link was answered {answer.status_code}")
    kind, disposition = answer.headers["Content-Type"], answer.headers["Content-Disposition"]
    demand(kind == "application/pdf", f"the report came as {kind}")
    demand(disposition.startswith("attachment; filename="), f"the report is to be {disposition!r}")
    demand(answer.content.startswith(b"%PDF-"), "what came is no PDF")
    (out / "report.pdf").write_bytes(answer.content)

    pages = text_of(answer.content)
    words = [document["title"], document["analysis"]["keywords"][0]["word"]]
    for word in words:
        demand(plain(word) in plain(" ".join(pages)), f"{word!r} is nowhere in the report")
    size = f"{len(pages)} pages, {len(answer.content) / 1000:.0f} kB"
    seen.append(f"{size}, by a link that needs no session; “{words[0]}” and “{words[1]}” are in it")

    status = person.witness.http.get(altered(link)).status_code
    demand(status == 403, f"a link with one digit changed was answered {status}")
    seen.append(f"one digit of the link's signature changed: {status}")


def text_of(pdf: bytes) -> list[str]:
    """The text of each page, by another library than the one that has set it."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def plain(text: str) -> str:
    """For comparing: case and the ends of lines are the layout's."""
    return re.sub(r"\s+", " ", text).casefold().strip()


def altered(link: str) -> str:
    """The link with the first digit of its signature changed."""
    head, mark, signature = link.partition(SIGNATURE)
    demand(mark, f"the link to {urlsplit(link).path} is not signed")
    return f"{head}{mark}{'0' if signature[0] != '0' else '1'}{signature[1:]}"
