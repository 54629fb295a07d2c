"""GET /v1/search on the real index: files in a bucket, a generation in MongoDB, and a copy on this machine's disk."""

import logging
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest

from shared.clock import World
from shared.search.index import SearchIndex
from shared.search.model import Entry, Gone, State
from shared.search.tantivy.engine import TantivyIndex
from shared.storage import Storage
from shared.threads import Threads
from tests.conftest import Objects
from tests.integration.api.front import Front
from tests.integration.api.searched import DAY, NOON, Person, Shelf, ids
from tests.support.open_storage import open_storage


@pytest.fixture
def bucket(objects: Objects) -> Iterator[Storage]:
    with open_storage(objects("tigris")) as made:
        yield made


class Desk:
    """The API, and beside it another process that brings documents into the index."""

    def __init__(self, front: Front, bucket: Storage) -> None:
        self.shelf = Shelf(front.database)
        self._front, self._bucket = front, bucket
        self._made: list[SearchIndex] = []
        self._writer = self.index()

    def index(self) -> SearchIndex:
        """A process's own."""
        made = TantivyIndex(self._front.database, self._bucket, Threads(), world=World(), log=logging.getLogger("desk"))
        self._made.append(made)
        return made

    async def bring_in(self, *states: State) -> None:
        """As sync_search does, after its commit too."""

        async def read() -> Sequence[State]:
            return states

        await self._writer.change(read)
        owners = {state.owner for state in states if isinstance(state, Entry)}
        await self._front.services.found.invalidate(owners)

    async def close(self) -> None:
        for index in self._made:
            await index.close()


@pytest.fixture
async def desk(front: Front, bucket: Storage) -> AsyncIterator[Desk]:
    made = Desk(front, bucket)
    reader = made.index()
    front.change(index=lambda: reader)
    yield made
    await made.close()


@pytest.fixture
async def ada(desk: Desk, front: Front) -> AsyncIterator[Person]:
    async with front.browser() as phone:
        yield await Person.of(front, phone)


async def library(desk: Desk, ada: Person) -> dict[str, str]:
    """Ids of some of hers, by names for them."""
    keep = desk.shelf.keep
    entries = {
        "mill": await keep(ada.owner, title="The water mill", text="Its wheel has been turning since 1790."),
        "suisha": await keep(
            ada.owner, title="Old house", text="川のそばに水車小屋が立っている。", language="ja", created_at=NOON + DAY
        ),
        "letter": await keep(
            ada.owner,
            title="A letter",
            tags=("family", "two words"),
            type="docx",
            category="letter",
            about="Regards from the seaside.",
            created_at=NOON + 2 * DAY,
        ),
    }
    await desk.bring_in(*entries.values())
    return {name: entry.id for name, entry in entries.items()}


async def test_it_is_found_by_its_title_text_tags_and_analysis_and_in_any_script(desk: Desk, ada: Person) -> None:
    there = await library(desk, ada)
    finds = {
        "water": "mill",
        "wheel": "mill",
        "turned": "mill",  # the same word, bent otherwise
        '"turning since"': "mill",
        "title:mill": "mill",
        "whe*": "mill",
        "wheeel": "mill",
        "水車小屋": "suisha",
        "family": "letter",
        'tag:"two words"': "letter",
        "regards seaside": "letter",
    }
    found = {words: await ada.found(q=words) for words in finds}
    assert found == {words: [there[name]] for words, name in finds.items()}
    assert await ada.found(q="title:wheel") == []
    assert await ada.found(q='"since turning"') == []
    assert await ada.found(q="-mill") == [there["letter"], there["suisha"]]


async def test_it_is_told_how_and_shown_where(desk: Desk, ada: Person) -> None:
    there = await library(desk, ada)
    for words, match, marked in (
        ("wheel", "exact", ["wheel"]),
        ("wheeel", "corrected", ["wheel"]),
        ("水車", "exact", ["水車"]),
    ):
        answer = await ada.search(q=words)
        assert answer.json()["match"] == match
        (item,) = answer.json()["items"]
        assert item["document"]["id"] in there.values()
        (snippet,) = item["snippets"]
        assert [snippet["text"][first:behind] for first, behind in snippet["marks"]] == marked


async def test_filters_narrow_and_facets_count_what_is_left(desk: Desk, ada: Person) -> None:
    there = await library(desk, ada)
    newest = [there["letter"], there["suisha"], there["mill"]]
    assert await ada.found() == newest
    assert await ada.found(sort="oldest") == newest[::-1]
    assert await ada.found(type="docx") == await ada.found(tag="two words") == await ada.found(category="letter")
    assert await ada.found(language=["ja", "und"]) == newest[1:2]
    assert await ada.found(type=["pdf", "docx"], language="en") == [there["letter"], there["mill"]]
    assert await ada.found(until="2026-09-22") == newest[1:]
    assert await ada.found(since="2026-09-22", until="2026-09-22") == newest[1:2]
    assert await ada.found(since="2026-09-23T16:13:20+02:00") == newest[:1]
    counted = (await ada.search(facets="true", type="pdf")).json()["facets"]
    assert counted["type"] == [{"value": "pdf", "count": 2}]
    assert {one["value"]: one["count"] for one in counted["language"]} == {"ja": 1, "en": 1}
    assert counted["tag"] == []


async def test_pages_are_all_of_it_once_though_more_comes_in_between(desk: Desk, ada: Person) -> None:
    entries = [await desk.shelf.keep(ada.owner, title="mill", created_at=NOON + place) for place in range(25)]
    await desk.bring_in(*entries)
    for asked in ({"q": "mill"}, {"q": "mill", "sort": "newest"}, {"sort": "oldest"}):
        seen: list[str] = []
        answer = await ada.search(**asked, limit=10)
        while True:
            seen += ids(answer)
            cursor = answer.json()["next"]
            if cursor is None:
                break
            await desk.bring_in(await desk.shelf.keep("somebody", title="mill"))
            answer = await ada.search(**asked, limit=10, cursor=cursor)
        assert sorted(seen) == sorted(entry.id for entry in entries), asked


async def test_nobody_finds_what_is_another_s(desk: Desk, ada: Person, front: Front) -> None:
    await library(desk, ada)
    async with front.browser() as phone:
        eve = await Person.of(front, phone)
        for asked in ({}, {"q": "mill"}, {"q": "-nothing"}, {"q": "owner:*"}, {"facets": "true"}):
            answer = (await eve.search(**asked)).json()
            assert (answer["items"], answer["total"]) == ([], 0)
        assert set(map(len, answer["facets"].values())) == {0}


async def test_what_has_changed_is_found_anew_once_the_index_has_it(desk: Desk, ada: Person) -> None:
    entry = await desk.shelf.keep(ada.owner, title="Before")
    await desk.bring_in(entry)
    assert await ada.found(q="before") == [entry.id]
    changed = await desk.shelf.change(entry, title="After")
    assert (await ada.search(q="before")).json()["items"][0]["document"]["title"] == "After"
    await desk.bring_in(changed)
    assert await ada.found(q="title:before") == []
    assert await ada.found(q="title:after") == [entry.id]


async def test_what_was_deleted_is_gone_before_the_index_knows_and_after(desk: Desk, ada: Person) -> None:
    there = await library(desk, ada)
    assert await ada.found(q="wheel") == [there["mill"]]
    await desk.shelf.delete([there["mill"]])
    assert await ada.found(q="wheel") == await ada.found(q="water wheel") == []
    await desk.bring_in(Gone(there["mill"], 4))
    answer = await ada.search(q="its wheel")
    assert (answer.json()["items"], answer.json()["total"]) == ([], 0)


async def test_a_process_that_has_never_searched_opens_the_index_and_finds(
    desk: Desk, ada: Person, front: Front
) -> None:
    there = await library(desk, ada)
    opened: list[SearchIndex] = []

    def index() -> SearchIndex:
        if not opened:
            opened.append(desk.index())
        return opened[0]

    front.change(index=index)
    async with front.browser() as phone:
        assert (await phone.get("/health")).status_code == 200
        assert opened == []
        cold = Person(phone, ada.owner, ada.headers)
        assert await cold.found(q="wheel") == [there["mill"]]


async def test_before_anything_was_ever_indexed_nothing_is_found(ada: Person) -> None:
    assert (await ada.search(q="mill")).json() == {
        "items": [],
        "total": 0,
        "match": "corrected",
        "facets": None,
        "next": None,
    }
