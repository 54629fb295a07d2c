"""Resend's own Python SDK finds what it expects, sync and async."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
import resend
from resend.exceptions import InvalidApiKeyError, MissingRequiredFieldsError, ResendError, ValidationError

Mail = resend.Emails.SendParams


def in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


def delivered(url: str, to: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = httpx.get(f"{url}/local/emails", params={"to": to}, timeout=30).json()["data"]
    return found


def test_send_get_and_list(url: str, mail: Mail, to: str) -> None:
    sent = resend.Emails.send(mail)
    got = resend.Emails.get(sent["id"])
    assert (got["to"], got["subject"], got["html"], got["last_event"]) == (
        [to],
        "Hello",
        "<p>Hi</p>",
        "delivered",
    )
    assert got["from"] == "Mill <mill@race.dev>"
    newest = resend.Emails.list({"limit": 1})
    assert [item["id"] for item in newest["data"]] == [sent["id"]]


async def test_send_get_and_list_async(url: str, mail: Mail, to: str) -> None:
    sent = await resend.Emails.send_async(mail)
    assert (await resend.Emails.get_async(sent["id"]))["to"] == [to]
    newest = await resend.Emails.list_async({"limit": 1})
    assert [item["id"] for item in newest["data"]] == [sent["id"]]


def test_lists_are_paged_both_ways(url: str, mail: Mail) -> None:
    ids = [resend.Emails.send(mail)["id"] for _ in range(5)][::-1]
    first = resend.Emails.list({"limit": 2})
    second = resend.Emails.list({"limit": 2, "after": first["data"][-1]["id"]})
    back = resend.Emails.list({"limit": 2, "before": ids[4]})
    assert [item["id"] for page in (first, second) for item in page["data"]] == ids[:4]
    assert ([item["id"] for item in back["data"]], back["has_more"]) == (ids[2:4], True)
    assert (first["has_more"], resend.Emails.list({"before": ids[2]})["has_more"]) == (True, False)
    with pytest.raises(ResendError, match="between 1 and 100"):
        resend.Emails.list({"limit": 101})
    with pytest.raises(ResendError, match="cursor"):
        resend.Emails.list({"after": str(uuid4())})


def test_a_scheduled_mail_can_be_moved_and_canceled(url: str, mail: Mail, to: str) -> None:
    sent = resend.Emails.send({**mail, "scheduled_at": in_an_hour()})
    moved = resend.Emails.update({"id": sent["id"], "scheduled_at": in_an_hour()})
    canceled = resend.Emails.cancel(sent["id"])
    assert {moved["id"], canceled["id"]} == {sent["id"]}
    assert resend.Emails.get(sent["id"])["last_event"] == "canceled"
    assert delivered(url, to) == []


async def test_a_scheduled_mail_can_be_moved_to_now_async(url: str, mail: Mail, to: str) -> None:
    sent = await resend.Emails.send_async({**mail, "scheduled_at": in_an_hour()})
    await resend.Emails.update_async({"id": sent["id"], "scheduled_at": datetime.now(UTC).isoformat()})
    while (await resend.Emails.get_async(sent["id"]))["last_event"] == "scheduled":
        pass  # each look is a call that takes its time
    assert [found["id"] for found in delivered(url, to)] == [sent["id"]]
    with pytest.raises(ResendError):
        await resend.Emails.cancel_async(sent["id"])


def test_the_same_key_sends_once_and_conflicts_on_another_payload(url: str, mail: Mail, to: str) -> None:
    key = str(uuid4())
    ids = {resend.Emails.send(mail, {"idempotency_key": key})["id"] for _ in range(3)}
    with pytest.raises(ResendError) as caught:
        resend.Emails.send({**mail, "subject": "Other"}, {"idempotency_key": key})
    assert (caught.value.code, caught.value.error_type) == (409, "invalid_idempotent_request")
    (found,) = delivered(url, to)
    assert ({found["id"]}, found["idempotency_key"], found["calls"]) == (ids, key, 4)


async def test_the_same_key_sends_once_async(url: str, mail: Mail, to: str) -> None:
    key = str(uuid4())
    ids = {(await resend.Emails.send_async(mail, {"idempotency_key": key}))["id"] for _ in range(2)}
    assert [{found["id"]} for found in delivered(url, to)] == [ids]


def test_a_batch_is_sent_whole_and_once(url: str, mail: Mail, to: str) -> None:
    key = str(uuid4())
    sent = resend.Batch.send([mail, mail], {"idempotency_key": key})
    again = resend.Batch.send([mail, mail], {"idempotency_key": key})
    ids = [item["id"] for item in sent["data"]]
    assert (ids, "errors" in sent) == ([item["id"] for item in again["data"]], False)
    assert [found["id"] for found in delivered(url, to)] == ids


def test_a_strict_batch_with_one_fault_sends_nothing(url: str, mail: Mail, to: str) -> None:
    with pytest.raises(ResendError, match="Invalid `to` field"):
        resend.Batch.send([mail, {**mail, "to": "nobody"}])
    assert delivered(url, to) == []


async def test_a_permissive_batch_sends_what_is_valid_async(url: str, mail: Mail, to: str) -> None:
    bad: Mail = {"from": "a@race.dev", "to": to, "html": ""}
    attached: Mail = {**mail, "attachments": [{"filename": "a.txt", "content": "aGk="}]}
    sent = await resend.Batch.send_async([bad, mail, attached], {"batch_validation": "permissive"})
    assert [found["id"] for found in delivered(url, to)] == [item["id"] for item in sent["data"]]
    assert sent["errors"] == [
        {"index": 0, "message": "Missing `subject` field."},
        {"index": 2, "message": "The `attachments` field is not supported in a batch."},
    ]


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_has_1_to_100_mails(url: str, mail: Mail, to: str, count: int) -> None:
    with pytest.raises(ResendError, match="between 1 and 100"):
        resend.Batch.send([mail] * count)
    assert delivered(url, to) == []


def test_errors_arrive_as_the_classes_of_the_sdk(url: str, mail: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingRequiredFieldsError):
        resend.Emails.send({**mail, "subject": ""})
    with pytest.raises(ValidationError):
        resend.Emails.send({**mail, "to": "nobody"})
    monkeypatch.setattr(resend, "api_key", "re_other")
    with pytest.raises(InvalidApiKeyError):
        resend.Emails.send(mail)


def test_what_is_not_served_says_so(url: str) -> None:
    for call in (resend.Domains.list, resend.Emails.metrics):
        with pytest.raises(ResendError, match="not served here: GET") as caught:
            call()
        assert caught.value.code == 501
