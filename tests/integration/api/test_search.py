"""GET /v1/search, whatever its index says: what is shown, to whom, how it is kept, and what is no error."""

import hashlib

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from functions.api import cors
from shared.search.model import Facet, Match, Sort
from tests.integration.api.front import Front, Phone, kind
from tests.integration.api.listed_index import ListedIndex
from tests.integration.api.searched import Person, Shelf, ids
from tests.integration.documents.as_told import as_told


@pytest.fixture
def index() -> ListedIndex:
    return ListedIndex()


@pytest.fixture
async def front(front: Front, index: ListedIndex) -> Front:
    front.change(index=index)
    front.looks.append(as_told(front.document))
    return front


@pytest.fixture
async def ada(front: Front, phone: Phone) -> Person:
    return await Person.of(front, phone)


@pytest.fixture
def shelf(front: Front) -> Shelf:
    return Shelf(front.database)


async def test_a_hit_is_shown_as_the_document_is_now_with_the_words_marked(
    ada: Person, shelf: Shelf, index: ListedIndex
) -> None:
    entry = await shelf.keep(ada.owner, title="About mills", tags=("2026",), language="de", category="letter")
    index.ids = [entry.id]
    answer = await ada.search(q="mill water")
    (item,) = answer.json()["items"]
    assert item["document"] == {
        "id": entry.id,
        "title": "About mills",
        "tags": ["2026"],
        "version": 3,
        "status": "analysed",
        "type": "pdf",
        "language": "de",
        "category": "letter",
        "created_at": "2026-09-21T14:13:20Z",
        "updated_at": "2026-09-21T14:13:20Z",
    }
    (snippet,) = item["snippets"]
    assert (snippet["field"], snippet["text"]) == ("text", "The mill by the water.")
    assert [snippet["text"][first:behind] for first, behind in snippet["marks"]] == ["mill", "water"]
    assert (answer.json()["total"], answer.json()["match"], answer.json()["facets"]) == (1, "exact", None)


async def test_a_document_that_was_just_uploaded_has_no_language_and_no_category_yet(
    ada: Person, shelf: Shelf, index: ListedIndex
) -> None:
    index.ids = await shelf.keep_many(ada.owner, 1)
    await shelf.database.documents.update_many({}, {"$unset": {"analysis": ""}})
    (item,) = (await ada.search()).json()["items"]
    assert (item["document"]["language"], item["document"]["category"]) == ("und", None)


async def test_the_order_is_the_index_s(ada: Person, shelf: Shelf, index: ListedIndex) -> None:
    index.ids = sorted(await shelf.keep_many(ada.owner, 5))
    assert await ada.found(q="mill") == index.ids


async def test_another_s_document_is_not_shown_even_if_the_index_finds_it(
    front: Front, laptop: Phone, ada: Person, shelf: Shelf, index: ListedIndex
) -> None:
    eve = await Person.of(front, laptop)
    hers, mine = await shelf.keep(ada.owner, title="Ada's"), await shelf.keep(eve.owner)
    index.ids = [hers.id, mine.id, "never-there"]
    for asked in ({}, {"q": "mill"}, {"q": "mill"}, {"tag": "2026"}):
        answer = await eve.search(**asked)
        assert ids(answer) == [mine.id]
        assert hers.id not in answer.text
    assert {request.owner for request in index.asked} == {eve.owner}


async def test_a_deleted_document_is_gone_at_once_though_index_and_cache_still_have_it(
    ada: Person, shelf: Shelf, index: ListedIndex
) -> None:
    index.ids = await shelf.keep_many(ada.owner, 3)
    assert await ada.found(q="mill") == index.ids
    await shelf.delete(index.ids[:1])
    answer = await ada.search(q="mill")
    assert ids(answer) == index.ids[1:]
    assert answer.json()["total"] == 3, "what the index counted"
    assert len(index.asked) == 1, "the second was answered from the cache"


async def test_how_the_words_were_understood_is_told(ada: Person, shelf: Shelf, index: ListedIndex) -> None:
    index.ids, index.finds = await shelf.keep_many(ada.owner, 1), Match.CORRECTED
    assert (await ada.search(q="mlil")).json()["match"] == "corrected"


async def test_facets_are_counted_where_they_are_asked_for(ada: Person, index: ListedIndex) -> None:
    index.facets = {Facet.TAG: {"2026": 2, "offer": 1}, Facet.CATEGORY: {"letter": 1, "": 4}}
    assert (await ada.search(facets="true")).json()["facets"] == {
        "type": [],
        "tag": [{"value": "2026", "count": 2}, {"value": "offer", "count": 1}],
        "language": [],
        "category": [{"value": "letter", "count": 1}],
    }


async def test_every_parameter_reaches_the_index(ada: Person, index: ListedIndex) -> None:
    await ada.search(
        q="mill",
        type=["pdf", "docx"],
        tag="two words",
        language="en",
        category="letter",
        since="2026-09-21",
        until="2026-09-21",
        sort="oldest",
        limit=7,
    )
    asked = index.asked[0]
    day = 1_789_948_800_000
    assert asked.filters.facets == {
        Facet.TYPE: ("pdf", "docx"),
        Facet.TAG: ("two words",),
        Facet.LANGUAGE: ("en",),
        Facet.CATEGORY: ("letter",),
    }
    assert (asked.filters.since, asked.filters.until) == (day, day + 86_400_000 - 1)
    assert (asked.sort, asked.limit, asked.offset, asked.owner) == (Sort.OLDEST, 7, 0, ada.owner)


async def test_other_parameters_must_be_what_they_are(ada: Person) -> None:
    wrong = {
        "limit": ("0", "51", "many"),
        "sort": ("best",),
        "facets": ("perhaps",),
        "type": ("PDF", ["pdf"] * 21),
        "tag": ("x" * 51, "\0"),
        "language": ("English",),
        "category": ("",),
        "since": ("yesterday", "0000-01-01", ""),
        "until": ("2026-02-30", "2026-02-03T04:05:06"),
        "cursor": ("x" * 501,),
    }
    for name, values in wrong.items():
        for value in values:
            answer = await ada.search(**{name: value})
            assert (name, value, answer.status_code, kind(answer)) == (name, value, 422, "invalid")
            (error,) = answer.json()["errors"]
            assert error["in"] == "query"
            assert error["pointer"].startswith(f"#/{name}")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=15)
@example(q="mill " * 500)
@given(q=st.one_of(st.text(max_size=600), st.text('"*-:()\\ atitle', max_size=40)))
async def test_whatever_the_words_are_they_are_searched_for(ada: Person, q: str) -> None:
    answer = await ada.search(q=q.encode("utf-8", "replace").decode())
    assert answer.status_code == 200, answer.text


async def test_bytes_that_are_no_utf_8_are_searched_for(ada: Person) -> None:
    assert (await ada.phone.get("/v1/search?q=%ff%fe%00%c3", headers=ada.headers)).status_code == 200


async def test_an_answer_is_kept_by_its_asker_alone_and_named_by_its_bytes(
    ada: Person, shelf: Shelf, index: ListedIndex
) -> None:
    index.ids = await shelf.keep_many(ada.owner, 2)
    answer, again = await ada.search(q="mill"), await ada.search(q="mill")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "Authorization" in answer.headers["vary"]
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"' == again.headers["etag"]


async def test_the_same_answer_is_not_sent_again(ada: Person) -> None:
    first = await ada.search(q="mill")
    for known in ("{}", "W/{}", '"other", {}', "*"):
        answer = await ada.search(known.format(first.headers["etag"]), q="mill")
        assert (answer.status_code, answer.content) == (304, b"")
        for name in ("etag", "cache-control", "vary"):
            assert answer.headers[name] == first.headers[name]


async def test_another_answer_is_sent(ada: Person, shelf: Shelf, index: ListedIndex) -> None:
    index.ids = await shelf.keep_many(ada.owner, 1)
    first = await ada.search(q="mill")
    await shelf.database.documents.update_many({}, {"$set": {"title": "Another"}})
    answer = await ada.search(first.headers["etag"], q="mill")
    assert answer.status_code == 200
    assert answer.headers["etag"] != first.headers["etag"]


async def test_a_page_of_another_origin_may_send_the_etag_back(phone: Phone) -> None:
    asked = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "GET"}
    answer = await phone.options("/v1/search", headers={**asked, "Access-Control-Request-Headers": "If-None-Match"})
    assert answer.status_code == 200
    assert "ETag" in cors.READABLE


async def test_searches_are_limited_and_say_so(ada: Person) -> None:
    answer = await ada.search()
    assert answer.headers["ratelimit-policy"] == '"search-caller";q=120;w=60'
    assert answer.headers["ratelimit"].startswith('"search-caller";r=119;')
