"""What was uploaded is found by its words, and what was deleted is not."""

import time
from typing import Final

from infra.demo.papers import View
from infra.demo.person import Person
from infra.demo.timeline import demand
from infra.demo.witness import wait_for

INDEXED: Final = 60
"""Seconds in which a change must be in the index."""
QUERIES: Final = (
    ("spillway", 0, "exact", "a word inside the PDF"),
    ("spilway", 0, "corrected", "with a letter missing"),
    ("用水路", 2, "exact", "Japanese"),
    ("ناعورة", 2, "exact", "Arabic"),
)
"""What is asked, the number of the document that must be found, how it must have been understood, and why."""


def search(person: Person, documents: list[View], seen: list[str]) -> None:
    """Each of QUERIES; the first may have to wait for the index."""
    began = time.monotonic()
    for words, number, match, why in QUERIES:
        wanted = documents[number]["id"]
        page = wait_for(
            lambda words=words, wanted=wanted: _with(person, words, wanted),  # type: ignore[misc]  # bound now
            seconds=INDEXED,
            otherwise=f"{words!r} does not find {documents[number]['title']!r}",
            every=0.2,
        )
        demand(page["match"] == match, f"{words!r} was understood as {page['match']}, not {match}")
        if number == 0 and match == "exact":
            seen.append(f"in the index {time.monotonic() - began:.1f} s after it was looked for")
        seen.append(f"“{words}” ({why}) finds “{documents[number]['title']}”: …{_marked(page, wanted)}…")


def deleted(person: Person, document: View, seen: list[str]) -> None:
    """Gone from what is shown at once, and from the index soon."""
    words = QUERIES[-1][0]
    person.call("DELETE", f"/v1/documents/{document['id']}", 204)
    person.call("GET", f"/v1/documents/{document['id']}", 404)
    items = _page(person, words)["items"]
    demand(not items, f"a deleted document is still shown for {words!r}")
    began = time.monotonic()
    wait_for(
        lambda: _page(person, words)["total"] == 0,
        seconds=INDEXED,
        otherwise="the index still counts a deleted document",
        every=0.2,
    )
    took = time.monotonic() - began
    seen.append(f"“{document['title']}” deleted: not shown from then on, and out of the index {took:.1f} s later")


def _with(person: Person, words: str, wanted: str) -> View | None:
    page = _page(person, words)
    return page if any(item["document"]["id"] == wanted for item in page["items"]) else None


def _page(person: Person, words: str) -> View:
    page: View = person.call("GET", "/v1/search", 200, params={"q": words}).json()
    return page


def _marked(page: View, wanted: str) -> str:
    """The words that are marked in the document's last passage."""
    [item] = [item for item in page["items"] if item["document"]["id"] == wanted]
    demand(bool(item["snippets"]), "a hit without a passage")
    passage = item["snippets"][-1]
    [start, end] = passage["marks"][0]
    text: str = passage["text"]
    return " ".join(f"{text[max(0, start - 24) : start]}[{text[start:end]}]{text[end : end + 24]}".split())
