"""One payload, one mail under a key, for 24 hours."""

import asyncio
from pathlib import Path

import httpx

from tests.unit.resend.fake_time import FakeTime, settle

Mail = dict[str, object]


async def post(api: httpx.AsyncClient, mail: object, key: str, path: str = "/emails") -> httpx.Response:
    return await api.post(path, json=mail, headers={"idempotency-key": key})


async def mails(api: httpx.AsyncClient) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await api.get("/local/emails")).json()["data"]
    return found


async def test_the_same_payload_gets_the_same_answer_and_one_mail(api: httpx.AsyncClient, mail: Mail) -> None:
    first = await post(api, mail, "k")
    again = await post(api, dict(reversed(mail.items())), "k")
    assert first.json() == again.json()
    assert [(found["calls"], found["idempotency_key"]) for found in await mails(api)] == [(2, "k")]


async def test_another_payload_is_a_conflict_for_good(api: httpx.AsyncClient, mail: Mail) -> None:
    await post(api, mail, "k")
    refused = await post(api, {**mail, "subject": "Other"}, "k")
    assert (refused.status_code, refused.json()["name"]) == (409, "invalid_idempotent_request")
    assert [(found["calls"], found["subject"]) for found in await mails(api)] == [(2, "Hello")]


async def test_the_other_endpoint_is_another_payload(api: httpx.AsyncClient, mail: Mail) -> None:
    await post(api, mail, "k")
    refused = await post(api, [mail], "k", "/emails/batch")
    assert refused.json()["name"] == "invalid_idempotent_request"


async def test_a_call_while_the_first_is_in_flight_is_a_conflict_for_now(
    api: httpx.AsyncClient, mail: Mail, clock: FakeTime
) -> None:
    await api.post("/local/faults", json={"next": [{"delay": 2}]})
    first = asyncio.create_task(post(api, mail, "k"))
    await settle()
    meanwhile = await post(api, mail, "k")
    other = await post(api, mail, "another key")
    await clock.advance(2)
    assert (meanwhile.status_code, meanwhile.json()["name"]) == (409, "concurrent_idempotent_requests")
    assert other.status_code == 200
    assert (await first).json() == (await post(api, mail, "k")).json()
    assert [found["calls"] for found in await mails(api) if found["idempotency_key"] == "k"] == [3]


async def test_eight_racers_make_one_mail(api: httpx.AsyncClient, mail: Mail) -> None:
    answers = await asyncio.gather(*(post(api, mail, "k") for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 1
    assert len(await mails(api)) == 1


async def test_a_key_lives_24_hours_and_not_a_second_more(api: httpx.AsyncClient, mail: Mail, clock: FakeTime) -> None:
    first = await post(api, mail, "k")
    await clock.advance(24 * 3600 - 1)
    assert (await post(api, mail, "k")).json() == first.json()
    await clock.advance(1)
    assert (await post(api, {**mail, "subject": "Other"}, "k")).json() != first.json()
    await post(api, {**mail, "subject": "Other"}, "k")
    assert [found["calls"] for found in await mails(api)] == [2, 2]


async def test_a_refused_call_does_not_use_up_its_key(api: httpx.AsyncClient, mail: Mail) -> None:
    assert (await post(api, {**mail, "to": "nobody"}, "k")).status_code == 422
    assert (await post(api, mail, "k")).status_code == 200


async def test_a_key_of_the_wrong_length_is_refused(api: httpx.AsyncClient, mail: Mail) -> None:
    for key in ("", "k" * 257):
        refused = await post(api, mail, key)
        assert (refused.status_code, refused.json()["name"]) == (400, "invalid_idempotency_key")
    assert (await post(api, mail, "k" * 256)).status_code == 200


async def test_clearing_the_mailbox_forgets_keys(api: httpx.AsyncClient, mail: Mail, tmp_path: Path) -> None:
    first = await post(api, mail, "k")
    assert (await api.delete("/local/emails")).json() == {"deleted": 1}
    assert (await post(api, mail, "k")).json() != first.json()
    assert len(await mails(api)) == 1
