"""What an engine holds after documents were replaced and taken out, and what it says of that to an audit."""

from collections import Counter

from shared.search.model import SHOWN, Entry, Facet, Gone, Sum, Texts, part_of, stamp
from tests.integration.search.engines.library import Library, entry, only

TEXT = "Zeile eins.\nline\ttwo \0 three — 水車小屋 👩‍👩‍👧 \r\n  ende "


async def test_a_newer_state_replaces_an_older_one_as_a_whole(library: Library) -> None:
    await library.hold(entry("mill", tags=("old",), text="wheel", type="pdf"), entry("other", text="wheel"))
    await library.hold(entry("mill", version=2, tags=("new",), text="race", type="docx"))
    assert await library.ids("wheel") == {"other"}
    assert await library.ids("race") == {"mill"}
    assert await library.ids("", filters=only(Facet.TAG, "old")) == set()
    found = await library.found("", facets=True)
    assert (found.total, found.facets[Facet.TAG]) == (2, {"new": 1})
    assert found.facets[Facet.TYPE] == {"docx": 1, "pdf": 1}


async def test_what_is_gone_is_found_by_nothing(library: Library) -> None:
    await library.hold(entry("mill", text="wheel"), entry("other", text="wheel"))
    await library.hold(Gone("mill", 2))
    await library.hold(Gone("unknown", 1))
    assert await library.ids("") == await library.ids("wheel") == {"other"}
    assert await library.index.texts(["mill"], owner="ada") == {}
    await library.hold(Gone("other", 2))
    assert await library.ids("") == set()
    assert await library.index.sums() == {}
    await library.hold(entry("mill", version=3, text="wheel"))
    assert await library.ids("wheel") == {"mill"}


async def test_ids_are_compared_as_a_whole(library: Library) -> None:
    ids = ["mill", "mill2", "Mill", "mill mill", "m" * 24, "m" * 25, "é" * 13, "-_9aZ"]
    await library.hold(*(entry(name, text="wheel") for name in ids))
    assert await library.ids("wheel") == set(ids)
    await library.hold(Gone("mill", 2))
    assert await library.ids("wheel") == set(ids) - {"mill"}


async def test_texts_come_back_as_they_went_in(library: Library) -> None:
    """A NUL has become a space where a store can't hold one."""
    await library.hold(entry("mill", title="A  title", about=TEXT, text=TEXT * 100), entry("empty"))
    answer = await library.index.texts(["mill", "empty"], owner="ada")
    assert answer["empty"] == Texts("", "", "")
    assert answer["mill"].title == "A  title"
    assert {answer["mill"].about, answer["mill"].about.replace(" ", "\0")} & {TEXT, TEXT.replace("\0", " ")}
    assert len(answer["mill"].text) == len(TEXT) * 100


async def test_an_audit_is_told_what_is_held(library: Library) -> None:
    held = [entry(f"{number * 7919 % 97:02}{number}", version=number % 5 + 1) for number in range(200)]
    await library.hold(*held[:120])
    await library.hold(*held[100:])
    await library.hold(*(Gone(one.id, 9) for one in held[:20]))
    newest = entry(held[50].id, version=77)
    await library.hold(newest)
    left = [*(one for one in held[20:] if one.id != newest.id), newest]
    assert await library.index.sums() == _sums(left)
    for part in (part_of(newest.id), part_of(left[0].id)):
        expected = {one.id: one.version for one in left if part_of(one.id) == part}
        assert await library.index.versions(part) == expected
    assert await library.index.versions("no") == {}


def _sums(entries: list[Entry]) -> dict[str, Sum]:
    counts = Counter(part_of(one.id) for one in entries)
    stamps: Counter[str] = Counter()
    for one in entries:
        stamps[part_of(one.id)] += stamp(one.id, one.version)
    return {part: Sum(count, stamps[part]) for part, count in counts.items()}


async def test_of_a_long_text_the_beginning_comes_back(library: Library) -> None:
    """A page of long texts is more than a Lambda's memory."""
    await library.hold(entry("mill", text="\u6c34" * (SHOWN + 10)))
    assert len((await library.index.texts(["mill"], owner="ada"))["mill"].text) == SHOWN
