"""The proxy alone: what goes through unharmed, what each exchange is called, and what a fault leaves of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr
from pymongo.errors import OperationFailure, PyMongoError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from infra.local.faults import Exchange, Fault, FaultProxy, Http, Mongo, http_answer, mongo_error, raw
from infra.local.lambda_host.listener import Listener, authority, bind
from shared.config import MongoSettings
from shared.database import Database, connect, transaction


@dataclass
class Judging:
    """Notes every exchange, and has one fault to give away: to the first of that name."""

    names: list[str] = field(default_factory=list)
    transactions: list[bool] = field(default_factory=list)
    name: str = ""
    fault: Fault | None = None

    def __call__(self, exchange: Exchange) -> Fault | None:
        self.names.append(exchange.name)
        self.transactions.append(exchange.transaction is not None)
        if exchange.name != self.name:
            return None
        fault, self.fault = self.fault, None
        return fault


@dataclass
class Echo:
    """A HTTP service that keeps what it was sent."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    connections: set[tuple[str, int]] = field(default_factory=set)

    async def take(self, request: Request) -> Response:
        assert request.client is not None
        self.connections.add((request.client.host, request.client.port))
        body = await request.body()
        self.bodies.append(body)
        if "chunked" in request.url.path:
            return StreamingResponse(self._pieces(body))
        return Response(body)

    async def _pieces(self, body: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1000):
            yield body[start : start + 1000]


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    bound = bind()
    served = Echo(f"http://{authority(bound)}")
    listener = await Listener.open(Starlette(routes=[Route("/{path:path}", served.take, methods=["POST"])]), bound)
    yield served
    await listener.close()


@pytest.fixture
def judging() -> Judging:
    return Judging()


@pytest.fixture
async def client(echo: Echo, judging: Judging) -> AsyncIterator[httpx.AsyncClient]:
    where = urlsplit(echo.url)
    upstream = (str(where.hostname), where.port or 0)
    async with (
        FaultProxy("echo", Http(), upstream, judging) as proxy,
        httpx.AsyncClient(base_url=f"http://{proxy.authority}", trust_env=False) as opened,
    ):
        yield opened


async def test_requests_on_a_kept_connection_go_through_whole_and_are_told_apart(
    client: httpx.AsyncClient, echo: Echo, judging: Judging
) -> None:
    large = b"x" * 300_000

    async def pieces() -> AsyncIterator[bytes]:
        yield large[:100_000]
        yield large[100_000:]

    answers = [
        await client.post("/emails?a=1", content=b"one"),
        await client.post("/v2/messages/msg_26hZCxZCuWyyTWPmSVBrNCtiJEo3X", content=b""),
        await client.post("/v2/publish/https://example.com/a/b", content=large),
        await client.post("/chunked", content=pieces()),
        await client.post("/", content=b'["set", "k", "v"]'),
    ]

    assert [answer.content for answer in answers] == [b"one", b"", large, large, b'["set", "k", "v"]']
    assert judging.names == [
        "POST /emails",
        "POST /v2/messages/{id}",
        "POST /v2/publish",
        "POST /chunked",
        "POST / SET",
    ]
    assert len(echo.connections) == 1


async def test_a_question_that_is_not_forwarded_never_reaches_the_service(
    client: httpx.AsyncClient, echo: Echo, judging: Judging
) -> None:
    judging.name, judging.fault = "POST /a", Fault(forwarded=False)

    with pytest.raises(httpx.RemoteProtocolError):
        await client.post("/a", content=b"first")
    again = await client.post("/a", content=b"second")

    assert again.content == b"second"
    assert echo.bodies == [b"second"]


async def test_an_answer_is_lost_only_after_the_service_has_given_it(
    client: httpx.AsyncClient, echo: Echo, judging: Judging
) -> None:
    seen: list[int] = []

    async def look() -> None:
        seen.append(len(echo.bodies))

    judging.name, judging.fault = "POST /a", Fault(forwarded=True, then=look)

    with pytest.raises(httpx.RemoteProtocolError):
        await client.post("/a", content=b"first")

    assert seen == [1]
    assert echo.bodies == [b"first"]


async def test_a_slow_answer_still_comes(client: httpx.AsyncClient, judging: Judging) -> None:
    release = asyncio.Event()
    judging.name, judging.fault = "POST /a", Fault(forwarded=True, answered=True, then=release.wait)

    asked = asyncio.create_task(client.post("/a", content=b"slow"))
    done, _ = await asyncio.wait({asked}, timeout=0.05)
    release.set()

    assert not done
    assert (await asked).content == b"slow"


async def test_a_made_up_answer_stands_in_for_the_services_and_the_connection_goes_on(
    client: httpx.AsyncClient, echo: Echo, judging: Judging
) -> None:
    refusal = http_answer(429, {"error": "Too Many Requests"}, {"Retry-After": "7"})
    judging.name, judging.fault = "POST /a", Fault(forwarded=False, answer=refusal)

    refused = await client.post("/a", content=b"first")
    again = await client.post("/a", content=b"second")

    assert (refused.status_code, refused.json()) == (429, {"error": "Too Many Requests"})
    assert refused.headers["retry-after"] == "7"
    assert (again.content, echo.bodies) == (b"second", [b"second"])
    assert len(echo.connections) == 1


async def test_what_was_done_may_be_answered_with_nonsense(
    client: httpx.AsyncClient, echo: Echo, judging: Judging
) -> None:
    judging.name, judging.fault = "POST /a", Fault(forwarded=True, answer=http_answer(200, "<html>"))

    answer = await client.post("/a", content=b"first")

    assert (answer.text, answer.headers["content-type"]) == ("<html>", "text/html; charset=utf-8")
    assert echo.bodies == [b"first"]


async def test_a_service_that_is_not_there_refuses_and_is_found_at_the_same_place_again(
    echo: Echo, judging: Judging
) -> None:
    where = urlsplit(echo.url)
    async with (
        FaultProxy("echo", Http(), (str(where.hostname), where.port or 0), judging) as proxy,
        httpx.AsyncClient(base_url=f"http://{proxy.authority}", trust_env=False) as client,
    ):
        assert (await client.post("/a", content=b"one")).content == b"one"
        await proxy.refuse()
        for _ in range(2):
            with pytest.raises((httpx.ConnectError, httpx.RemoteProtocolError)):
                await client.post("/a", content=b"lost")
        with pytest.raises(httpx.ConnectError):
            await client.post("/a", content=b"lost")
        await proxy.admit()
        assert (await client.post("/a", content=b"two")).content == b"two"

    assert echo.bodies == [b"one", b"two"]


@asynccontextmanager
async def proxied(database: Database, uri: str, judging: Judging) -> AsyncIterator[Database]:
    where = urlsplit(uri)
    async with FaultProxy("mongodb", Mongo(), (str(where.hostname), where.port or 27017), judging) as proxy:
        direct = SecretStr(f"mongodb://{proxy.authority}/?directConnection=true")
        made = connect(MongoSettings(stage="local", mongodb_uri=direct, mongodb_database=database.name))
        yield made
        await asyncio.to_thread(made.client.close)  # it says goodbye through the proxy, which is on this loop


async def test_commands_are_named_and_the_drivers_own_are_not_counted(
    database: Database, mongodb_uri: str, judging: Judging
) -> None:
    async with proxied(database, mongodb_uri, judging) as through:
        await through.runs.insert_many([{"_id": place} for place in range(150)])
        assert len(await through.runs.find({}).to_list(None)) == 150
        await transaction(through, lambda session: through.runs.delete_one({"_id": 1}, session=session))

    assert judging.names == ["insert runs", "find runs", "getMore runs", "delete runs", "commitTransaction"]
    assert judging.transactions == [False, False, False, True, True]


async def test_the_drivers_retry_of_a_write_is_one_write_over_a_direct_connection_too(
    database: Database, mongodb_uri: str, judging: Judging
) -> None:
    judging.name, judging.fault = "update runs", Fault(forwarded=True)
    async with proxied(database, mongodb_uri, judging) as through:
        await through.runs.insert_one({"_id": "a", "count": 0})
        await through.runs.update_one({"_id": "a"}, {"$inc": {"count": 1}})

    assert judging.names == ["insert runs", "update runs", "update runs"]
    assert await database.runs.find_one({"_id": "a"}) == {"_id": "a", "count": 1}


async def test_mongodb_can_be_made_to_refuse_a_command_with_a_code_and_labels(
    database: Database, mongodb_uri: str, judging: Judging
) -> None:
    refusal = mongo_error(462, "IngressRequestRateLimitExceeded", "SystemOverloadedError")
    judging.name, judging.fault = "insert runs", Fault(forwarded=False, answer=refusal)
    async with proxied(database, mongodb_uri, judging) as through:
        with pytest.raises(OperationFailure) as refused:
            await through.runs.insert_one({"_id": "a"})
        assert refused.value.code == 462
        assert refused.value.has_error_label("SystemOverloadedError")
        await through.runs.insert_one({"_id": "a"})


async def test_mongodb_can_be_made_to_answer_what_is_no_answer(
    database: Database, mongodb_uri: str, judging: Judging
) -> None:
    judging.name, judging.fault = "insert runs", Fault(forwarded=False, answer=raw(b"HTTP/1.1 502 Bad Gateway\r\n\r\n"))
    async with proxied(database, mongodb_uri, judging) as through:
        with pytest.raises(PyMongoError):
            await through.runs.insert_one({"_id": "a"})
        assert await through.runs.find_one({}) is None
