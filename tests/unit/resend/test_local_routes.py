"""The mailbox for programs, and faults to order."""

from typing import Any

import httpx
import pytest

from tests.unit.resend.fake_time import FakeTime

Mail = dict[str, object]


async def order(api: httpx.AsyncClient, *faults: dict[str, Any]) -> None:
    (await api.post("/local/faults", json={"next": list(faults)})).raise_for_status()


async def test_mails_are_found_by_any_recipient_whatever_the_case(api: httpx.AsyncClient, mail: Mail) -> None:
    await api.post("/emails", json={**mail, "to": "Ann <Ann@Race.dev>", "bcc": "bo@race.dev"})
    await api.post("/emails", json={**mail, "to": "other@race.dev"})
    for address in ("ann@race.dev", "BO@race.dev"):
        found = (await api.get("/local/emails", params={"to": address})).json()["data"]
        assert [item["to"] for item in found] == [["Ann <Ann@Race.dev>"]]
    assert len((await api.get("/local/emails")).json()["data"]) == 2


async def test_a_mail_is_given_in_full(api: httpx.AsyncClient, mail: Mail) -> None:
    full = {
        **mail,
        "text": "Hi",
        "headers": {"X-Run": "7"},
        "tags": [{"name": "job", "value": "send_email"}],
        "attachments": [{"filename": "a.txt", "content": "aGk="}],
    }
    await api.post("/emails", json=full)
    (found,) = (await api.get("/local/emails")).json()["data"]
    expected = {**full, "to": ["ann@race.dev"], "calls": 1, "idempotency_key": None, "last_event": "delivered"}
    assert {name: found[name] for name in expected} == expected


async def test_faults_meet_the_next_sending_calls_in_order(api: httpx.AsyncClient, mail: Mail) -> None:
    await order(api, {"status": 429, "name": "rate_limit_exceeded", "headers": {"retry-after": "2"}}, {"status": 500})
    await api.get("/emails")
    answers = [await api.post("/emails", json=mail) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 500, 200]
    assert (answers[0].headers["retry-after"], answers[0].json()["name"]) == ("2", "rate_limit_exceeded")
    assert len((await api.get("/local/emails")).json()["data"]) == 1


async def test_a_mail_can_be_accepted_and_the_call_refused(api: httpx.AsyncClient, mail: Mail) -> None:
    await order(api, {"status": 500, "accept": True})
    key = {"idempotency-key": "k"}
    assert (await api.post("/emails", json=mail, headers=key)).status_code == 500
    again = await api.post("/emails", json=mail, headers=key)
    assert [found["id"] for found in (await api.get("/local/emails")).json()["data"]] == [again.json()["id"]]


async def test_a_new_order_replaces_what_is_left(api: httpx.AsyncClient, mail: Mail) -> None:
    await order(api, {"status": 500}, {"status": 500})
    answer = await api.post("/local/faults", json={"next": []})
    assert answer.json() == {"armed": 0, "dropped": 2}
    assert (await api.post("/emails", json=mail)).status_code == 200


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 200},
        {"delay": -1},
        {"drop_answer": True, "status": 500},
        {"accept": True},
        {"explode": True},
    ],
)
async def test_a_senseless_fault_is_refused(api: httpx.AsyncClient, fault: dict[str, Any]) -> None:
    assert (await api.post("/local/faults", json={"next": [fault]})).status_code == 422


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"url": "http://app/hook"},
        {"url": 7, "secret": "whsec_YQ=="},
        {"url": "http://app/hook", "secret": "whsec_"},
        {"url": "http://app/hook", "secret": "whsec_not base64"},
        {"url": "http://", "secret": "whsec_YQ=="},
        {"url": "http://app\n/hook", "secret": "whsec_YQ=="},
        {"url": "http://127.0.0.1:99999999/", "secret": "whsec_YQ=="},
        {"url": "app/hook", "secret": "whsec_YQ=="},
    ],
)
async def test_webhooks_without_an_address_or_a_secret_are_refused(
    api: httpx.AsyncClient, asked: dict[str, Any]
) -> None:
    assert (await api.put("/local/webhook", json=asked)).status_code == 422


async def test_a_page_elsewhere_cannot_order_faults(api: httpx.AsyncClient, clock: FakeTime) -> None:
    answer = await api.post("/local/faults", content=b'{"next": []}', headers={"content-type": "text/plain"})
    assert answer.status_code == 422
