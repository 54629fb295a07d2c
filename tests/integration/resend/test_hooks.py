"""Webhooks of the running server are what the SDK verifies."""

import json

import pytest
import resend

from tests.integration.resend.listener import SECRET, Hook, Listener

Mail = resend.Emails.SendParams


def verified(hook: Hook) -> dict[str, object]:
    headers = resend.WebhookHeaders(**hook.headers)  # type: ignore[typeddict-item]  # the three names it wants
    return dict(resend.Webhooks.verify({"payload": hook.body, "headers": headers, "webhook_secret": SECRET}))


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("delivered", ["sent", "delivered"]),
        ("bounced", ["sent", "bounced"]),
        ("complained+label", ["sent", "delivered", "complained"]),
        ("suppressed", ["sent", "suppressed"]),
    ],
)
def test_each_test_address_has_its_events_in_order(
    url: str, listener: Listener, mail: Mail, name: str, kinds: list[str]
) -> None:
    address = f"{name}@resend.dev"
    sent = resend.Emails.send({**mail, "to": address, "tags": [{"name": "job", "value": "send_email"}]})
    hooks = listener.wait(sent["id"], len(kinds))
    assert [verified(hook)["type"] for hook in hooks] == [f"email.{kind}" for kind in kinds]
    data = json.loads(hooks[-1].body)["data"]
    assert (data["email_id"], data["to"], data["tags"]) == (sent["id"], [address], {"job": "send_email"})
    assert resend.Emails.get(sent["id"])["last_event"] == kinds[-1]
    assert len({hook.headers["id"] for hook in hooks}) == len(kinds)


def test_a_bounce_says_that_it_is_permanent(url: str, listener: Listener, mail: Mail) -> None:
    sent = resend.Emails.send({**mail, "to": "bounced@resend.dev"})
    event = json.loads(listener.wait(sent["id"], 2)[-1].body)
    assert event["data"]["bounce"]["type"] == "Permanent"


def test_a_changed_body_does_not_verify(url: str, listener: Listener, mail: Mail) -> None:
    sent = resend.Emails.send(mail)
    (hook, *_) = listener.wait(sent["id"], 2)
    with pytest.raises(ValueError, match="signature"):
        verified(Hook(hook.headers, hook.body.replace("email.sent", "email.bounced")))
