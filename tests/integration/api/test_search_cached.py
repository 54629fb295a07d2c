"""What a search leaves in Redis, and what becomes of searches when Redis or the index is away."""

import asyncio
import base64
import time
import zlib
from collections.abc import AsyncIterator

import pytest

from shared.breakers import LocalBreaker
from shared.clock import World
from shared.config import RedisSettings
from shared.redis import Redis
from shared.search.cached import SearchCache
from shared.search.model import Facet
from tests.integration.api.front import Front, Phone, kind
from tests.integration.api.listed_index import ListedIndex
from tests.integration.api.searched import Person, Shelf, ids
from tests.integration.documents.as_told import as_told


@pytest.fixture
def index() -> ListedIndex:
    return ListedIndex(text="A mill, and seventeen secrets.", facets={Facet.TAG: {"confidential": 1}})


@pytest.fixture
async def front(front: Front, index: ListedIndex) -> Front:
    front.change(index=index)
    front.looks.append(as_told(front.document))
    return front


@pytest.fixture
async def ada(front: Front, phone: Phone) -> Person:
    return await Person.of(front, phone)


@pytest.fixture
async def eve(front: Front, laptop: Phone) -> Person:
    return await Person.of(front, laptop)


@pytest.fixture
async def found(front: Front, ada: Person, index: ListedIndex) -> list[str]:
    """Enough of Ada's for a value that is compressed."""
    index.ids = await Shelf(front.database).keep_many(ada.owner, 50)
    return index.ids


@pytest.fixture
async def no_redis() -> AsyncIterator[Redis]:
    nowhere = RedisSettings.model_validate(
        {"stage": "local", "upstash_redis_rest_url": "http://127.0.0.1:9", "upstash_redis_rest_token": "x"}
    )
    async with Redis(nowhere, LocalBreaker("redis", time.monotonic)) as client:
        yield client


async def held(redis: Redis) -> dict[str, str]:
    """All that Redis holds, keys and values, unpacked."""
    everything: dict[str, str] = {}
    for key in await redis.call("KEYS", "*"):
        match await redis.call("TYPE", key):
            case "string":
                everything[key] = str(await redis.call("GET", key))
            case "hash":
                everything[key] = " ".join(_unpacked(str(one)) for one in await redis.call("HVALS", key))
            case other:
                everything[key] = other
    return everything


def _unpacked(value: str) -> str:
    return zlib.decompress(base64.b64decode(value[2:])).decode() if value.startswith("1z") else value


async def test_the_cache_holds_ids_and_numbers_and_no_text(ada: Person, redis: Redis, found: list[str]) -> None:
    for facets in ("false", "true"):
        answer = await ada.search(q="mill", tag="confidential", limit=50, facets=facets)
        assert len(ids(answer)) == 50
        assert "secrets" in answer.text
    kept = str(await held(redis))
    assert all(one in kept for one in found)
    for word in ("mill", "secret", "Number", "confidential", "file.pdf"):
        assert word not in kept, word


async def test_a_repeat_asks_the_index_for_no_search(ada: Person, found: list[str], index: ListedIndex) -> None:
    for _ in range(3):
        assert await ada.found(q="water mill") == await ada.found(q="mill water") == found[:20]
    assert len(index.asked) == 1


async def test_once_invalidated_the_owner_s_searches_are_searched_anew_and_nobody_else_s(
    ada: Person, eve: Person, found: list[str], redis: Redis, index: ListedIndex
) -> None:
    for person in (ada, eve):
        await person.search(q="mill")
    index.ids = found[::-1]
    assert await ada.found(q="mill") == found[:20]
    writer = SearchCache(redis, World())  # of another process
    await writer.invalidate([ada.owner, "somebody"])
    assert await ada.found(q="mill") == found[::-1][:20]
    await eve.search(q="mill")
    assert [request.owner for request in index.asked] == [ada.owner, eve.owner, ada.owner]


async def test_what_is_searched_while_the_index_is_changed_is_not_kept(
    ada: Person, found: list[str], redis: Redis, index: ListedIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be of the state before."""
    writer, before = SearchCache(redis, World()), ListedIndex.search

    async def slowly(self: ListedIndex, *asked: object) -> object:
        answer = await before(self, *asked)  # type: ignore[arg-type] # passed on as they are
        await writer.invalidate([ada.owner])
        return answer

    monkeypatch.setattr(ListedIndex, "search", slowly)
    await ada.search(q="mill")
    monkeypatch.undo()
    index.ids = found[::-1]
    assert await ada.found(q="mill") == found[::-1][:20]


async def test_invalidating_fails_nobody_when_redis_is_away(no_redis: Redis) -> None:
    await SearchCache(no_redis, World()).invalidate(["ada"])


async def test_invalidating_nobody_s_asks_nobody(no_redis: Redis) -> None:
    async with asyncio.timeout(0):
        await SearchCache(no_redis, World()).invalidate([])


async def test_without_redis_the_index_is_searched_and_it_is_said(
    front: Front, found: list[str], no_redis: Redis, ada: Person
) -> None:
    front.change(found=SearchCache(no_redis, World()))
    async with front.browser() as phone:
        answer = await phone.get("/v1/search", params={"q": "mill"}, headers=ada.headers)
    assert ids(answer) == found[:20]
    assert answer.headers["x-degraded"] == "redis"


async def test_without_the_index_nothing_is_searched_and_it_is_said_when_to_come_again(
    ada: Person, index: ListedIndex
) -> None:
    index.away = True
    answer = await ada.search(q="mill")
    assert (answer.status_code, kind(answer), answer.headers["retry-after"]) == (503, "unavailable", "7")


async def test_without_the_index_what_is_cached_is_shown_without_snippets(
    ada: Person, found: list[str], index: ListedIndex
) -> None:
    assert (await ada.search(q="mill")).json()["items"][0]["snippets"]
    index.away = True
    answer = await ada.search(q="mill")
    assert ids(answer) == found[:20]
    assert {len(item["snippets"]) for item in answer.json()["items"]} == {0}
    assert answer.headers["x-degraded"] == "storage"


async def test_a_search_that_failed_leaves_nobody_waiting(ada: Person, found: list[str], index: ListedIndex) -> None:
    index.away = True
    assert (await ada.search(q="mill")).status_code == 503
    index.away = False
    async with asyncio.timeout(1):
        assert await ada.found(q="mill") == found[:20]


async def test_a_page_goes_on_behind_the_one_before(ada: Person, found: list[str], index: ListedIndex) -> None:
    first = (await ada.search(q="mill", limit=8)).json()
    index.ids = ["new", *found]
    second = await ada.search(q="mill", limit=8, cursor=first["next"])
    assert ids(second) == found[8:16]


async def test_a_cursor_of_another_search_or_of_another_s_is_refused(
    ada: Person, eve: Person, found: list[str]
) -> None:
    cursor = (await ada.search(q="mill")).json()["next"]
    answers = [
        await ada.search(q="water", cursor=cursor),
        await ada.search(q="mill", tag="x", cursor=cursor),
        await ada.search(q="mill", sort="oldest", cursor=cursor),
        await ada.search(q="mill", cursor=cursor[:-1]),
        await eve.search(q="mill", cursor=cursor),
    ]
    assert [(answer.status_code, kind(answer)) for answer in answers] == [(400, "cursor")] * 5
