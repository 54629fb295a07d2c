"""What Resend refuses is refused here, under the same names."""

from typing import Any

import pytest

from infra.local.resend.errors import ApiError
from infra.local.resend.validation import check_mail

NOW = 1_800_000_000.0
GOOD: dict[str, Any] = {"from": "a@race.dev", "to": "b@race.dev", "subject": "s", "text": "t"}


@pytest.mark.parametrize(
    ("change", "status", "name"),
    [
        ({"from": None}, 422, "missing_required_field"),
        ({"to": None}, 422, "missing_required_field"),
        ({"to": []}, 422, "missing_required_field"),
        ({"subject": None}, 422, "missing_required_field"),
        ({"text": None}, 422, "missing_required_field"),
        ({"from": "nobody"}, 403, "invalid_from_address"),
        ({"from": "Mill <a@race.dev>\r\nBcc: c@race.dev"}, 403, "invalid_from_address"),
        ({"from": 7}, 403, "invalid_from_address"),
        ({"to": "b@localhost"}, 422, "validation_error"),
        ({"to": "b@race.dev, c@race.dev"}, 422, "validation_error"),
        ({"to": ["b@race.dev", 7]}, 422, "validation_error"),
        ({"to": {"address": "b@race.dev"}}, 422, "validation_error"),
        ({"to": [f"b{n}@race.dev" for n in range(51)]}, 422, "validation_error"),
        ({"cc": "nobody"}, 422, "validation_error"),
        ({"bcc": ["no one@race.dev"]}, 422, "validation_error"),
        ({"reply_to": "nobody"}, 422, "validation_error"),
        ({"subject": "one\ntwo"}, 422, "validation_error"),
        ({"html": 7}, 422, "validation_error"),
        ({"headers": []}, 422, "validation_error"),
        ({"headers": {"X-Number": 7}}, 422, "validation_error"),
        ({"headers": {"X-Split": "a\r\nBcc: c@race.dev"}}, 422, "validation_error"),
        ({"headers": {"X Space": "a"}}, 422, "validation_error"),
        ({"tags": {"name": "a"}}, 422, "validation_error"),
        ({"tags": [{"name": "with space", "value": "v"}]}, 422, "validation_error"),
        ({"tags": [{"name": "n", "value": "ü"}]}, 422, "validation_error"),
        ({"tags": [{"name": "n" * 257, "value": "v"}]}, 422, "validation_error"),
        ({"tags": [{"value": "v"}]}, 422, "validation_error"),
        ({"attachments": "file"}, 422, "validation_error"),
        ({"attachments": [{"filename": "a.txt"}]}, 422, "invalid_attachment"),
        ({"attachments": [{"content": "aGk="}]}, 422, "invalid_attachment"),
        ({"attachments": [{"filename": "a", "content": "not base64"}]}, 422, "invalid_attachment"),
        ({"attachments": [{"filename": "a", "content": [1, 256]}]}, 422, "invalid_attachment"),
        ({"attachments": [{"filename": "a", "content": 7}]}, 422, "invalid_attachment"),
        ({"attachments": [{"filename": 7, "content": "aGk="}]}, 422, "invalid_attachment"),
        ({"attachments": [{"path": "/etc/passwd"}]}, 422, "invalid_attachment"),
        ({"attachments": [{"path": 7}]}, 422, "invalid_attachment"),
        ({"scheduled_at": "tomorrow"}, 422, "validation_error"),
        ({"scheduled_at": "2027-01-15T08:00:00"}, 422, "validation_error"),
        ({"scheduled_at": 1_800_000_100}, 422, "validation_error"),
        ({"scheduled_at": "2099-01-01T00:00:00Z"}, 422, "validation_error"),
        ({"template": {"id": "t"}}, 501, "not_implemented"),
    ],
)
def test_a_mail_with_one_fault_is_refused_by_name(change: dict[str, Any], status: int, name: str) -> None:
    with pytest.raises(ApiError) as caught:
        check_mail({**GOOD, **change}, now=NOW)
    assert (caught.value.status, caught.value.name) == (status, name)


def test_a_body_that_is_no_object_is_refused() -> None:
    with pytest.raises(ApiError) as caught:
        check_mail(["a@race.dev"], now=NOW)
    assert caught.value.status == 400


def test_every_form_of_address_and_attachment_is_taken() -> None:
    draft = check_mail(
        {
            "from": "Müller, Ann <a@race.dev>",
            "to": [f"b{n}@race.dev" for n in range(50)],
            "cc": "Cee <c@race.dev>",
            "bcc": ["d+tag@sub.race.dev"],
            "reply_to": "e@race.dev",
            "subject": "s",
            "html": "",
            "headers": {"X-Run": "7"},
            "tags": [{"name": "job", "value": "send_email"}, {"name": "alone"}],
            "attachments": [
                {"filename": "a.txt", "content": "aGk="},
                {"filename": "b.txt", "content": list(b"hi")},
                {"path": "https://race.dev/c.pdf"},
            ],
            "scheduled_at": "2027-01-15T08:00:10Z",
        },
        now=NOW,
    )
    assert (len(draft.to), draft.cc, draft.html, draft.send_at) == (50, ["Cee <c@race.dev>"], "", NOW + 10)
    assert [item.get("content") for item in draft.attachments] == ["aGk=", "aGk=", None]
    assert draft.tags[1] == {"name": "alone", "value": ""}
