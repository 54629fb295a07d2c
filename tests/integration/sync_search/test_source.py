"""What the index is told of a document, and how much of them at a time."""

import asyncio
import logging
from typing import Any

import pytest

from shared.documents import Status
from shared.errors import DependencyDown
from shared.search import source
from shared.search.index import Known
from shared.search.model import Entry, Gone
from shared.search.source import Source
from tests.integration.sync_search.bench import LOG, Bench
from tests.support.documents import FILE


async def entry(bench: Bench, name: str) -> Entry:
    (state,) = await bench.services.source.states([name])
    assert isinstance(state, Entry)
    return state


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("application/pdf", "pdf"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
        ("text/markdown", "markdown"),
        ("text/html", "html"),
        ("text/plain", "text"),
        ("image/png", "other"),
    ],
)
async def test_a_files_type_has_a_plain_name(bench: Bench, content_type: str, kind: str) -> None:
    await bench.document("one", file=FILE | {"content_type": content_type})
    assert (await entry(bench, "one")).type == kind


async def test_without_an_analysis_its_language_is_unknown_and_it_has_no_category(bench: Bench) -> None:
    await bench.document("one", version=3, tags=["a", "b"], created_at=7)
    assert await entry(bench, "one") == Entry(
        "one", 3, "ada", "one", ("a", "b"), "x.txt", "text", "und", "", 7, about="", text=""
    )


async def test_an_analysis_is_what_it_is_about(bench: Bench) -> None:
    keywords = [{"word": "weir", "weight": 1.0}, {"word": "race", "weight": 0.5}]
    made = {"summary": "A sum.", "key_points": ["One.", "Two."], "keywords": keywords, "language": "de"}
    await bench.document("one", analysis=made | {"category": "report"})
    told = await entry(bench, "one")
    assert (told.about, told.language, told.category) == ("A sum.\nOne.\nTwo.\nweir, race", "de", "report")


@pytest.mark.parametrize("status", list(Status))
async def test_a_document_is_told_whatever_its_status(bench: Bench, status: Status) -> None:
    await bench.document("one", status=status.value)
    assert (await entry(bench, "one")).id == "one"


async def test_a_deleted_one_is_gone_and_its_text_is_not_asked_for(bench: Bench) -> None:
    await bench.document("one", text="x", version=4, deleted_at=1)
    assert await bench.services.source.states(["one", "never was"]) == [Gone("one", 4)]


async def test_a_text_is_told_as_it_was_stored(bench: Bench) -> None:
    text = "Mühle 水車 \U0001f3de\ufe0f\x00" * 200_000
    await bench.document("one", text=text)
    assert (await entry(bench, "one")).text == text


async def test_a_text_that_is_not_there_is_said_in_the_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    await bench.document("one")
    await bench.database.documents.update_one({}, {"$set": {"text": {"key": "texts/none", "characters": 5}}})
    assert (await entry(bench, "one")).text == ""
    (told,) = caplog.records
    assert (told.levelno, vars(told)["document"]) == (logging.WARNING, "one")


async def test_texts_are_read_side_by_side_but_not_all_at_once(bench: Bench) -> None:
    names = [f"{number}" for number in range(10)]
    for name in names:
        await bench.document(name, text=f"text {name}")
    begun: list[int] = []
    reading = 0
    store = bench.storage

    class Counting:
        async def stream(self, key: str) -> Any:
            nonlocal reading
            reading += 1
            begun.append(reading)
            await asyncio.sleep(0)
            async for piece in store.stream(key):
                yield piece
            reading -= 1

    states = await Source(bench.database, Counting(), LOG).states(names)  # type: ignore[arg-type]  # all that it asks of it
    assert {state.id: state.text for state in states if isinstance(state, Entry)} == {n: f"text {n}" for n in names}
    assert max(begun) == source.AT_ONCE


async def test_storage_that_is_away_is_no_text_that_is_not_there(bench: Bench) -> None:
    await bench.document("one", text="x")

    class Away:
        async def stream(self, _: str) -> Any:
            yield b"the beginning"
            raise DependencyDown("storage", "away")

    told = Source(bench.database, Away(), LOG)  # type: ignore[arg-type]  # all that it asks of it
    with pytest.raises(DependencyDown):
        await told.states(["one"])


async def test_a_batch_is_the_longest_waiting_and_ends_at_either_limit(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "DOCUMENTS", 3)
    monkeypatch.setattr(source, "CHARACTERS", 10)
    for at, (name, text) in enumerate([("d", ""), ("a", "12345"), ("c", ""), ("b", ""), ("e", "123456"), ("f", "")]):
        await bench.document(name, text=text or None, unindexed_since=at + 1)
    told = bench.services.source
    assert await told.backlog() == ["d", "a", "c"]
    assert await told.backlog(besides=["d", "c"]) == ["a", "b"], "the next text would be too much"
    assert await told.backlog(besides=list("dacb")) == ["e", "f"]


async def test_a_text_that_is_too_much_for_a_batch_is_a_batch(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "CHARACTERS", 3)
    await bench.document("long", text="12345", unindexed_since=1)
    await bench.document("other", unindexed_since=2)
    assert await bench.services.source.backlog() == ["long"]


async def test_all_are_known_page_by_page_in_the_order_of_their_ids(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "PAGE", 2)
    for name in ("c", "a", "b"):
        await bench.document(name, version=ord(name), deleted_at=1 if name == "b" else None)
    pages = [list(page) async for page in bench.services.source.known()]
    assert pages == [[Known("a", 97, gone=False), Known("b", 98, gone=True)], [Known("c", 99, gone=False)]]
