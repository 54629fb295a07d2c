"""Case 25: the ways in which a sign-in by mail goes wrong."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from itertools import count
from typing import Any

import httpx
import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import DuplicateKeyError
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from shared.clock import World
from shared.errors import DependencyDown
from shared.runs.model import State
from shared.tokens import token_hash
from tests.integration.api.front import LONG, Front, Phone, keys, kind

ADA = {"email": "ada@example.com"}


async def test_a_link_signs_in_the_browser_that_asked_once(front: Front, phone: Phone) -> None:
    token = await front.mailed(await phone.post("/v1/auth/magic-links", json=ADA))

    first = await phone.post("/v1/auth/sessions", json={"token": token})
    again = await phone.post("/v1/auth/sessions", json={"token": token})

    assert first.status_code == 201
    assert first.json()["user"]["email"] == "ada@example.com"
    assert (again.status_code, kind(again)) == (401, "link-not-valid")
    assert await front.database.sessions.count_documents({}) == 1


async def test_the_answer_is_202_with_a_nonce_for_this_browser_alone(front: Front, phone: Phone) -> None:
    response = await phone.post("/v1/auth/magic-links", json=ADA)
    assert response.status_code == 202
    assert list(response.json()) == ["job"]
    cookie = response.headers["set-cookie"]
    for part in ("__Host-sign_in_nonce=", "HttpOnly", "Secure", "SameSite=lax", "Path=/;", "Max-Age=900"):
        assert part in cookie
    run = await front.run(response.json()["job"])
    assert (run.job, run.state) == ("send_email", State.QUEUED)


async def test_the_cookie_is_not_secure_over_local_http_only(front: Front) -> None:
    front.change(stage="local")
    async with front.browser() as browser:
        response = await browser.post("/v1/auth/magic-links", json=ADA)
        cookie = response.headers["set-cookie"]
        assert cookie.startswith("sign_in_nonce="), "the prefix wants https"
        assert "Secure" not in cookie
        browser.cookies.set("sign_in_nonce", response.cookies["sign_in_nonce"])
        assert (await browser.post("/v1/auth/sessions", json={"token": await front.mailed(response)})).is_success


async def test_a_neighbour_in_the_domain_can_not_plant_a_nonce(front: Front, phone: Phone, laptop: Phone) -> None:
    """Browsers take the prefix from no other host. Its link would sign a visitor in as itself, unasked."""
    token = await front.mailed(await laptop.post("/v1/auth/magic-links", json=ADA))
    planted = {"Cookie": f"sign_in_nonce={laptop.cookies['__Host-sign_in_nonce']}"}
    answer = await phone.post("/v1/auth/sessions", json={"token": token}, headers=planted)
    assert (answer.status_code, kind(answer)) == (409, "confirmation-required")


async def test_a_mail_scanner_that_fetches_the_link_uses_nothing_up(front: Front, phone: Phone) -> None:
    token = await front.mailed(await phone.post("/v1/auth/magic-links", json=ADA))
    async with front.browser() as scanner:
        for call in (scanner.get, scanner.head):
            assert (await call(f"/sign-in?token={token}")).status_code == 200
        assert (await scanner.get(f"/v1/auth/sessions?token={token}")).status_code == 401
    assert (await phone.post("/v1/auth/sessions", json={"token": token})).status_code == 201


async def test_a_known_and_an_unknown_address_get_the_same_answer_and_the_same_writes(
    front: Front, phone: Phone, laptop: Phone
) -> None:
    await front.signed_in(phone)
    seen = []
    for email in ("ada@example.com", "unknown@example.com"):
        before = {name: await front.database[name].count_documents({}) for name in ("runs", "sign_ins", "users")}
        response = await laptop.post("/v1/auth/magic-links", json={"email": email})
        after = {name: await front.database[name].count_documents({}) for name in before}
        shape = (response.status_code, set(response.json()), set(response.headers), len(response.content))
        seen.append((shape, after["runs"] - before["runs"], after["sign_ins"] - before["sign_ins"]))
        user = await front.database.users.find_one({"email": email})
        assert user is not None, "a user exists from the first request on"
    assert seen[0] == seen[1]


async def test_a_known_and_an_unknown_address_cost_the_store_the_same_commands(
    mongodb_uri: str, front: Front, phone: Phone
) -> None:
    """And so the same time, as far as it is ours."""
    seen = Commands()
    client: Any = AsyncIOMotorClient(mongodb_uri, event_listeners=[seen])
    await phone.post("/v1/auth/magic-links", json=ADA)
    watched = client.get_database(front.database.name)
    front.change(database=watched, enqueuer=replace(front.services.enqueuer, database=watched))
    async with front.browser() as browser:
        await browser.post("/v1/auth/magic-links", json={"email": "warm-up@example.com"})
        known, unknown = [
            await seen.during(browser.post("/v1/auth/magic-links", json={"email": email}))
            for email in (ADA["email"], "unknown@example.com")
        ]
    client.close()
    assert known == unknown
    assert known.count("commitTransaction") == 1


class Commands(CommandListener):
    """The names of the commands that went to the store."""

    def __init__(self) -> None:
        self.names: list[str] = []

    async def during(self, call: Awaitable[httpx.Response]) -> list[str]:
        self.names.clear()
        assert (await call).status_code == 202
        return list(self.names)

    def started(self, event: CommandStartedEvent) -> None:
        self.names.append(event.command_name)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass


async def test_every_spelling_of_an_address_is_one_user(front: Front, phone: Phone) -> None:
    for spelling in ("ada@example.com", "Ada@Example.COM", "ADA@EXAMPLE.com"):
        await phone.post("/v1/auth/magic-links", json={"email": spelling})
    assert [user["email"] async for user in front.database.users.find({})] == ["ada@example.com"]


async def test_first_requests_of_one_address_at_once_make_one_user(front: Front, phone: Phone) -> None:
    answers = await asyncio.gather(*(phone.post("/v1/auth/magic-links", json=ADA) for _ in range(4)))
    assert Counter(answer.status_code for answer in answers) == {202: 4}
    assert await front.database.users.count_documents({}) == 1


async def test_if_the_session_can_not_be_stored_the_token_is_not_used_up(front: Front, phone: Phone) -> None:
    numbers = count()
    front.change(world=World(token=lambda: f"{next(numbers):022}"))
    token = await front.mailed(await phone.post("/v1/auth/magic-links", json=ADA))
    front.change(world=World(token=lambda: "s" * 22))
    await front.database.sessions.insert_one({"_id": token_hash(f"ms_{'s' * 44}"), "user": "somebody"})

    async with front.browser() as browser:
        browser.cookies = phone.cookies
        failed = await browser.post("/v1/auth/sessions", json={"token": token})
    assert failed.status_code == 500
    assert "duplicate" not in failed.text.lower()
    assert any(line.get("fault") == DuplicateKeyError.__name__ for line in front.log.lines)

    assert (await phone.post("/v1/auth/sessions", json={"token": token})).status_code == 201


async def test_a_link_opened_in_another_browser_must_be_confirmed(front: Front, phone: Phone, laptop: Phone) -> None:
    """A phone may open what a laptop asked for; a link that somebody else sent signs nobody in unawares."""
    token = await front.mailed(await laptop.post("/v1/auth/magic-links", json=ADA))

    asked = await phone.post("/v1/auth/sessions", json={"token": token})
    assert (asked.status_code, kind(asked)) == (409, "confirmation-required")
    assert asked.json()["address"] == "a***@e***.com"
    assert await front.database.sessions.count_documents({}) == 0

    confirmed = await phone.post("/v1/auth/sessions", json={"token": token, "confirm": True})
    assert confirmed.status_code == 201
    assert (await laptop.post("/v1/auth/sessions", json={"token": token})).status_code == 401


async def test_a_browser_that_asks_twice_may_use_either_mail(front: Front, phone: Phone) -> None:
    first = await front.mailed(await phone.post("/v1/auth/magic-links", json=ADA))
    second = await front.mailed(await phone.post("/v1/auth/magic-links", json=ADA))
    for token in (first, second):
        assert (await phone.post("/v1/auth/sessions", json={"token": token})).status_code == 201


async def test_a_nonce_of_another_form_is_replaced(front: Front, phone: Phone) -> None:
    response = await phone.post("/v1/auth/magic-links", json=ADA, headers={"Cookie": "__Host-sign_in_nonce=a"})
    assert len(response.cookies["__Host-sign_in_nonce"]) == 44


async def test_a_key_rotated_between_mail_and_click_changes_nothing(front: Front, phone: Phone) -> None:
    response = await phone.post("/v1/auth/magic-links", json=ADA)
    before = await front.mailed(response)
    front.change(token_keys=keys(f"two:{LONG}2,one:{LONG}"))
    assert await front.mailed(response) == before
    async with front.browser() as browser:
        browser.cookies = phone.cookies
        assert (await browser.post("/v1/auth/sessions", json={"token": before})).status_code == 201


async def test_a_link_ends_by_the_clock_of_the_store(front: Front, phone: Phone) -> None:
    token = await front.mailed(await phone.post("/v1/auth/magic-links", json=ADA))
    sign_in = await front.database.sign_ins.find_one({"_id": token_hash(token)})
    assert sign_in is not None
    assert sign_in["ends"] - sign_in["created"] == 15 * 60_000
    await front.database.sign_ins.update_one({}, {"$set": {"ends": sign_in["created"]}})
    ended = await phone.post("/v1/auth/sessions", json={"token": token})
    unknown = await phone.post("/v1/auth/sessions", json={"token": "x" * 43})
    assert ended.status_code == unknown.status_code == 401
    assert kind(ended) == kind(unknown) == "link-not-valid"
    assert ended.json()["detail"] == unknown.json()["detail"]


@pytest.mark.parametrize("racers", [6])
async def test_of_many_that_race_with_one_token_one_gets_a_session(front: Front, phone: Phone, racers: int) -> None:
    token = await front.mailed(await phone.post("/v1/auth/magic-links", json=ADA))
    answers = await asyncio.gather(*(phone.post("/v1/auth/sessions", json={"token": token}) for _ in range(racers)))
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[201] == 1
    assert set(statuses) <= {201, 401, 503}, "a 503 has used nothing up"
    assert await front.database.sessions.count_documents({}) == 1


async def test_the_store_holds_neither_token_nor_nonce(front: Front, phone: Phone) -> None:
    """Case 24: whoever reads the store, QStash or the log can't sign in."""
    token = await front.mailed(await phone.post("/v1/auth/magic-links", json=ADA))
    nonce = phone.cookies["__Host-sign_in_nonce"]
    session = (await phone.post("/v1/auth/sessions", json={"token": token})).json()["token"]
    stored = [
        str(document)
        for name in await front.database.list_collection_names()
        async for document in front.database[name].find({})
    ]
    said = [str(line) for line in front.log.lines] + [str(message) for message in front.publisher.published]
    assert stored
    for secret in (token, nonce, session):
        assert not [text for text in stored + said if secret in text]


async def test_with_qstash_away_it_is_202_all_the_same(front: Front, phone: Phone) -> None:
    front.publisher.fail = lambda _: DependencyDown("qstash", "away")
    response = await phone.post("/v1/auth/magic-links", json=ADA)
    assert response.status_code == 202
    assert (await front.run(response.json()["job"])).state is State.PENDING


async def test_links_do_not_come_from_the_host_header(front: Front, phone: Phone) -> None:
    evil = {"Host": "evil.example.org", "X-Forwarded-Host": "evil.example.org"}
    response = await phone.post("/v1/auth/magic-links", json=ADA, headers=evil)
    run = await front.run(response.json()["job"])
    assert "evil" not in run.payload
    assert "evil" not in str(response.headers)
