"""The account's webhooks, as the official SDK makes, changes and removes them."""

from collections.abc import Iterator

import pytest
import resend
from resend.exceptions import ResendError

from tests.integration.resend.listener import Listener

Mail = resend.Emails.SendParams


@pytest.fixture
def made(url: str, listener: Listener) -> Iterator[resend.Webhooks.CreateWebhookResponse]:
    """One that is told of deliveries alone."""
    made = resend.Webhooks.create({"endpoint": listener.url, "events": ["email.delivered"]})
    yield made
    if any(one["id"] == made["id"] for one in resend.Webhooks.list()["data"]):
        resend.Webhooks.remove(made["id"])


def test_the_secret_is_told_to_who_asks_for_the_one_and_in_no_list(
    made: resend.Webhooks.CreateWebhookResponse, listener: Listener
) -> None:
    assert made["signing_secret"].startswith("whsec_")
    (listed,) = [one for one in resend.Webhooks.list()["data"] if one["id"] == made["id"]]
    assert listed.get("signing_secret") is None
    found = resend.Webhooks.get(made["id"])
    assert found["signing_secret"] == made["signing_secret"]
    assert (found["endpoint"], found["events"], found["status"]) == (listener.url, ["email.delivered"], "enabled")


def test_each_is_told_of_what_it_asked_for_under_its_own_secret(
    made: resend.Webhooks.CreateWebhookResponse, listener: Listener, mail: Mail
) -> None:
    sent = resend.Emails.send(mail)
    came = [hook for hook in listener.wait(sent["id"], 3) if _signed(hook.headers, hook.body, made["signing_secret"])]
    assert ['"type":"email.delivered"' in hook.body for hook in came] == [True]


def test_one_that_is_off_is_told_of_nothing_and_no_two_have_one_secret(
    made: resend.Webhooks.CreateWebhookResponse, listener: Listener, mail: Mail
) -> None:
    other = resend.Webhooks.create({"endpoint": listener.url, "events": ["email.delivered"]})
    resend.Webhooks.update({"webhook_id": made["id"], "status": "disabled"})
    sent = resend.Emails.send(mail)
    came = listener.wait(sent["id"], 3)  # two of them are told by the server's own webhook
    resend.Webhooks.remove(other["id"])
    told = [sum(_signed(hook.headers, hook.body, one["signing_secret"]) for hook in came) for one in (made, other)]
    assert told == [0, 1]


def test_a_change_leaves_what_it_does_not_name(made: resend.Webhooks.CreateWebhookResponse, listener: Listener) -> None:
    resend.Webhooks.update({"webhook_id": made["id"], "status": "disabled"})
    resend.Webhooks.update({"webhook_id": made["id"], "events": ["email.bounced"]})
    found = resend.Webhooks.get(made["id"])
    assert (found["endpoint"], found["events"], found["status"]) == (listener.url, ["email.bounced"], "disabled")
    assert found["signing_secret"] == made["signing_secret"]


def test_the_newest_are_listed_first_page_by_page(made: resend.Webhooks.CreateWebhookResponse) -> None:
    first = resend.Webhooks.list({"limit": 1})
    assert ([one["id"] for one in first["data"]], first["has_more"]) == ([made["id"]], True)
    second = resend.Webhooks.list({"limit": 1, "after": made["id"]})
    assert made["id"] not in [one["id"] for one in second["data"]]


def test_what_is_removed_is_not_there_any_more(made: resend.Webhooks.CreateWebhookResponse) -> None:
    assert resend.Webhooks.remove(made["id"])["deleted"] is True
    with pytest.raises(ResendError, match="not found"):
        resend.Webhooks.get(made["id"])


@pytest.mark.parametrize(
    "asked",
    [
        {"endpoint": "ftp://app/hook", "events": ["email.sent"]},
        {"endpoint": "http://app/hook", "events": []},
        {"endpoint": "http://app/hook", "events": ["Sent; DROP"]},
        {"endpoint": "http://app/hook"},
        {"events": ["email.sent"]},
    ],
)
def test_one_that_could_not_be_told_is_refused(url: str, asked: resend.Webhooks.CreateParams) -> None:
    with pytest.raises(ResendError, match=r"Invalid|Missing|http"):
        resend.Webhooks.create(asked)


def _signed(headers: dict[str, str], body: str, secret: str) -> bool:
    try:
        resend.Webhooks.verify(
            {
                "payload": body,
                "headers": resend.WebhookHeaders(**headers),  # type: ignore[typeddict-item]  # the three names it wants
                "webhook_secret": secret,
            }
        )
    except ValueError:
        return False
    return True
