"""Addresses that get no mail: operators list them and let them back, and nobody else learns of them."""

import json
import time
from typing import Any
from urllib.parse import quote

import pytest

from shared.database import Database, transaction
from shared.mail.suppressions import Suppression, suppress, suppressed
from tests.integration.api.front import Front, Phone, kind

MINUTE = 60_000


async def put(database: Database, address: str, *, since: int, state: str = "bounced") -> None:
    new = Suppression(address, state, since, "run-1", "re_1")
    await transaction(database, lambda session: suppress(database, new, session=session))


@pytest.fixture
async def operator(front: Front) -> dict[str, str]:
    return await front.key("operator")


async def listed(phone: Phone, operator: dict[str, str], **query: Any) -> dict[str, Any]:
    answer = await phone.get("/v1/suppressions", headers=operator, params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_latest_come_first_page_by_page(front: Front, phone: Phone, operator: dict[str, str]) -> None:
    for number in range(5):
        await put(front.database, f"ann{number}@race.dev", since=number // 2 * MINUTE)
    seen: list[str] = []
    page: dict[str, Any] = {"next": None}
    while not seen or page["next"]:
        page = await listed(phone, operator, limit=2, **({"cursor": page["next"]} if page["next"] else {}))
        assert len(page["items"]) <= 2
        seen += [item["address"] for item in page["items"]]
    assert seen == [f"ann{number}@race.dev" for number in (4, 3, 2, 1, 0)]


async def test_one_says_since_when_why_and_by_which_mail(front: Front, phone: Phone, operator: dict[str, str]) -> None:
    await put(front.database, "ann@race.dev", since=0, state="complained")
    (item,) = (await listed(phone, operator))["items"]
    assert item == {
        "address": "ann@race.dev",
        "state": "complained",
        "since": "1970-01-01T00:00:00Z",
        "job": "run-1",
        "resend_id": "re_1",
    }


@pytest.mark.parametrize("cursor", ["nonsense", "", "é", "e30"])
async def test_what_is_no_cursor_of_the_list_is_400(phone: Phone, operator: dict[str, str], cursor: str) -> None:
    answer = await phone.get("/v1/suppressions", headers=operator, params={"cursor": cursor})
    assert (answer.status_code, kind(answer)) == (400, "cursor")


@pytest.mark.parametrize("address", ["ann/billing@race.dev", "ann%2f@race.dev", "ann?#@race.dev", "..@race.dev"])
async def test_whatever_an_address_may_hold_it_can_be_lifted(
    front: Front, phone: Phone, operator: dict[str, str], address: str
) -> None:
    """A slash or a question mark in a local part is an address like any other (RFC 5322)."""
    await put(front.database, address, since=0)
    answer = await phone.delete(f"/v1/suppressions/{quote(address, safe='')}", headers=operator)
    assert answer.status_code == 204
    assert await suppressed(front.database, [address]) == frozenset()


@pytest.mark.parametrize("written", ["ann+tag@race.dev", "ANN+tag@Race.dev", "ann%2Btag%40race.dev"])
async def test_a_lifted_address_is_written_to_again_and_the_act_is_noted(
    front: Front, phone: Phone, operator: dict[str, str], written: str
) -> None:
    await put(front.database, "ann+tag@race.dev", since=0)

    assert (await phone.delete(f"/v1/suppressions/{written}", headers=operator)).status_code == 204

    assert await suppressed(front.database, ["ann+tag@race.dev"]) == frozenset()
    assert (await listed(phone, operator))["items"] == []
    noted = await front.database.audit.find_one({"action": "address.lift"})
    assert noted is not None
    assert (noted["subject"], noted["by"].partition(":")[0]) == ("ann+tag@race.dev", "key")
    assert json.loads(noted["what"]) == {}


async def test_lifting_twice_or_what_is_not_suppressed_is_404_and_notes_nothing(
    front: Front, phone: Phone, operator: dict[str, str]
) -> None:
    await put(front.database, "ann@race.dev", since=0)
    for address, status in (("ann@race.dev", 204), ("ann@race.dev", 404), ("bo@race.dev", 404), ("%24where", 404)):
        assert (await phone.delete(f"/v1/suppressions/{address}", headers=operator)).status_code == status
    assert await front.database.audit.count_documents({"action": "address.lift"}) == 1


async def test_what_happened_before_the_lifting_does_not_suppress_again(
    front: Front, phone: Phone, operator: dict[str, str]
) -> None:
    """However late Resend tells of it; what happens after it does."""
    now = int(time.time() * 1000)
    await put(front.database, "ann@race.dev", since=now - 2 * MINUTE)
    await phone.delete("/v1/suppressions/ann@race.dev", headers=operator)

    await put(front.database, "ann@race.dev", since=now - MINUTE, state="complained")
    assert await suppressed(front.database, ["ann@race.dev"]) == frozenset()

    await put(front.database, "ann@race.dev", since=now + MINUTE)
    assert await suppressed(front.database, ["ann@race.dev"]) == {"ann@race.dev"}
    record = await front.database.suppressions.find_one({"_id": "ann@race.dev"})
    assert record is not None
    assert (record["state"], record["since"], record["lifted_at"] >= now) == ("bounced", now + MINUTE, True)


@pytest.mark.parametrize("scopes", [("jobs:read", "jobs:write", "documents:read"), ()])
async def test_nobody_but_an_operator_learns_of_them(front: Front, phone: Phone, scopes: tuple[str, ...]) -> None:
    await put(front.database, "ann@race.dev", since=0)
    who = await front.key(*scopes) if scopes else {}
    for method, path in (("GET", "/v1/suppressions"), ("DELETE", "/v1/suppressions/ann@race.dev")):
        assert (await phone.request(method, path, headers=who)).status_code == (403 if scopes else 401)
    assert await suppressed(front.database, ["ann@race.dev"])


async def test_a_person_who_asks_for_a_link_is_answered_the_same(front: Front, phone: Phone, laptop: Phone) -> None:
    """That their address bounces is nothing that a stranger may find out by asking: the job skips the mail."""
    await put(front.database, "ann@race.dev", since=0)
    suppressed_one = await phone.post("/v1/auth/magic-links", json={"email": "ann@race.dev"})
    other = await laptop.post("/v1/auth/magic-links", json={"email": "bob@race.dev"})
    assert (suppressed_one.status_code, other.status_code) == (202, 202)
    assert suppressed_one.json().keys() == other.json().keys()
    assert suppressed_one.headers.keys() == other.headers.keys()
    runs = [await front.run(answer.json()["job"]) for answer in (suppressed_one, other)]
    assert runs[0].state == runs[1].state
    assert await front.database.sign_ins.count_documents({}) == await front.database.users.count_documents({}) == 2
