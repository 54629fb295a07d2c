"""A key's webhook: named when the key is made, its secret told once, and told of what the key starts alone."""

from dataclasses import replace
from typing import Any

import pytest

from functions.alerts import alerting
from functions.send_webhook.contract import CONTRACT as SEND_WEBHOOK
from shared import audit
from shared.runs.finish import telling
from shared.webhooks.signing import key_of
from tests.integration.api.front import Front, Phone, kind
from tests.integration.api.repeats import BILLING, KEY, KEYS, REPORT, WISH

HOOK = "https://billing.example.com/hooks?token=s3cret"


async def made(front: Front, phone: Phone, webhook: str | None = HOOK) -> dict[str, Any]:
    operator = await front.key("operator")
    answer = await phone.post(KEYS, json=BILLING | ({"webhook": webhook} if webhook else {}), headers=operator)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_the_secret_is_told_once_and_the_url_shown_without_its_query(front: Front, phone: Phone) -> None:
    told = await made(front, phone)
    assert len(key_of("secret", told["webhook_secret"])) == 32
    listed = await phone.get(KEYS, headers=await front.key("operator"))
    mine = next(one for one in listed.json()["items"] if one["id"] == told["id"])
    assert mine["webhook"] == told["webhook"] == "https://billing.example.com/hooks"
    assert mine["webhook_gone_at"] is None
    assert told["webhook_secret"] not in listed.text
    assert "s3cret" not in listed.text


async def test_a_repeated_request_is_told_no_secret(front: Front, phone: Phone) -> None:
    operator = await front.key("operator")
    first = await phone.post(KEYS, json=BILLING | {"webhook": HOOK}, headers=operator | KEY)
    again = await phone.post(KEYS, json=BILLING | {"webhook": HOOK}, headers=operator | KEY)
    assert (first.status_code, again.status_code, kind(again)) == (201, 409, "answer-not-kept")
    assert first.json()["webhook_secret"] not in again.text


async def test_what_a_key_with_a_webhook_starts_is_told_to_it(front: Front, phone: Phone) -> None:
    told = await made(front, phone)
    started = await phone.post(REPORT, json=WISH, headers={"Authorization": f"Bearer {told['key']}"})
    assert (await front.run(started.json()["job"])).notify == told["id"]


async def test_a_job_that_its_server_cancels_is_told_at_once(front: Front, phone: Phone) -> None:
    told = await made(front, phone)
    contracts = {**front.services.enqueuer.contracts, SEND_WEBHOOK.name: SEND_WEBHOOK}
    front.change(
        enqueuer=replace(front.services.enqueuer, contracts=contracts, alert=alerting(front.database)),
    )
    async with front.browser(headers={"Authorization": f"Bearer {told['key']}"}) as server:
        job = (await server.post(REPORT, json=WISH)).json()["job"]
        assert (await server.post(f"/v1/jobs/{job}/cancel")).status_code == 200
    assert [message.run for message in front.publisher.published] == [job, telling(await front.run(job))]


async def test_what_anybody_else_starts_is_told_to_nobody(front: Front, phone: Phone) -> None:
    """A key without a webhook, a key whose receiver is gone, a person."""
    plain, gone = await made(front, phone, webhook=None), await made(front, phone)
    assert plain["webhook_secret"] is None
    await front.database.api_keys.update_one({"id": gone["id"]}, {"$set": {"webhook.gone_at": 1}})
    bearers = [{"Authorization": f"Bearer {key['key']}"} for key in (plain, gone)]
    for headers in (*bearers, await front.signed_in(phone)):
        started = await phone.post(REPORT, json=WISH, headers=headers)
        assert (await front.run(started.json()["job"])).notify is None


@pytest.mark.parametrize(
    "url",
    [
        "http://billing.example.com/hooks",
        "https://user:p4ssw0rd@billing.example.com/",
        "https://127.0.0.1/hooks",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:10.0.0.1]/",
        "https://localhost/",
        "billing.example.com",
        "",
    ],
)
async def test_a_url_that_must_not_be_called_makes_no_key(front: Front, phone: Phone, url: str) -> None:
    operator = await front.key("operator")
    answer = await phone.post(KEYS, json=BILLING | {"webhook": url}, headers=operator)
    assert (answer.status_code, kind(answer)) == (422, "invalid")
    (error,) = answer.json()["errors"]
    assert (error["in"], error["pointer"]) == ("body", "#/webhook")
    assert error["detail"]
    assert "p4ssw0rd" not in answer.text
    assert await front.database.api_keys.count_documents({"name": BILLING["name"]}) == 0


async def test_a_server_on_this_machine_may_be_named_in_the_local_stage_alone(front: Front, phone: Phone) -> None:
    operator, wanted = await front.key("operator"), BILLING | {"webhook": "http://127.0.0.1:8080/hooks"}
    assert (await phone.post(KEYS, json=wanted, headers=operator)).status_code == 422
    front.change(stage="local")
    async with front.browser() as local:
        assert (await local.post(KEYS, json=wanted, headers=operator)).status_code == 201


async def test_a_host_that_is_not_known_now_may_be_known_when_it_is_called(front: Front, phone: Phone) -> None:
    assert (await made(front, phone, webhook="https://hooks.invalid/"))["webhook"] == "https://hooks.invalid/"


async def test_who_made_and_who_revoked_a_key_is_noted(front: Front, phone: Phone) -> None:
    operator = await front.key("operator")
    made = (await phone.post(KEYS, json=BILLING | {"webhook": HOOK}, headers=operator)).json()
    assert (await phone.delete(f"{KEYS}/{made['id']}", headers=operator)).status_code == 204
    assert (await phone.delete(f"{KEYS}/{made['id']}", headers=operator)).status_code == 404
    noted = [entry.act for entry in await audit.page(front.database, limit=10, subject=made["id"])]
    assert sorted(act.action for act in noted) == ["key.create", "key.revoke"]
    assert len({act.by for act in noted}) == 1
    assert noted[0].by.startswith("key:")
    created = next(act for act in noted if act.action == "key.create")
    assert created.what == {"scopes": BILLING["scopes"], "webhook": "billing.example.com"}
