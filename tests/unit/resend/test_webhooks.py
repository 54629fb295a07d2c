"""Webhooks: what they tell, how they are signed, and how long they are tried."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
import resend

from infra.local.resend.database import open_database
from infra.local.resend.endpoint import Endpoint
from infra.local.resend.events import last_event, story
from infra.local.resend.hooks import Hooks
from infra.local.resend.mail import Draft
from infra.local.resend.outbox import Outbox
from infra.local.resend.webhooks import Sender
from tests.unit.resend.fake_time import FakeTime, settle

SECRET = "whsec_bWlsbHJhY2U="
FIVE_MINUTES, HALF_AN_HOUR, HOUR = 300, 1800, 3600

Answer = Callable[[httpx.Request], httpx.Response]


async def deliver_until_quiet(path: Path, clock: FakeTime, answer: Answer) -> list[float]:
    """The waits between the tries of what is in the outbox, over a week."""
    tried: list[float] = []

    def note(request: httpx.Request) -> httpx.Response:
        tried.append(clock.now())
        return answer(request)

    database = open_database(path)
    hooks = Hooks(database)
    outbox = Outbox(database, hooks)
    async with httpx.AsyncClient(transport=httpx.MockTransport(note)) as client:
        # A new sender for every try: nothing that matters is in its memory.
        while (at := outbox.next_due()) is not None:
            clock.seconds = max(clock.seconds, at)
            await Sender(outbox, hooks, client, clock.now).deliver_due()
    database.close()
    return [later - earlier for earlier, later in pairwise(tried)]


@pytest.fixture
def one_waiting(tmp_path: Path, clock: FakeTime) -> Path:
    database = open_database(tmp_path)
    hooks = Hooks(database)
    hooks.put_local(Endpoint("http://app/hook", SECRET), now=clock.now())
    with database:
        Outbox(database, hooks).put("msg_1", "email.sent", '{"type":"email.sent"}', at=clock.now())
    database.close()
    return tmp_path


async def test_a_webhook_that_is_refused_is_tried_for_a_day_and_given_up(one_waiting: Path, clock: FakeTime) -> None:
    waits = await deliver_until_quiet(one_waiting, clock, lambda _: httpx.Response(500))
    assert waits == [5, FIVE_MINUTES, HALF_AN_HOUR, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR]


async def test_a_redirect_or_a_lost_connection_is_no_delivery(one_waiting: Path, clock: FakeTime) -> None:
    seen = 0

    def answer(_request: httpx.Request) -> httpx.Response:
        nonlocal seen
        seen += 1
        if seen == 1:
            raise httpx.ConnectError("refused")
        return httpx.Response(302 if seen == 2 else 204)

    assert await deliver_until_quiet(one_waiting, clock, answer) == [5, FIVE_MINUTES]


async def test_each_try_has_the_same_id_and_body_and_a_signature_of_its_own_time(
    one_waiting: Path, clock: FakeTime
) -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(503 if len(requests) == 1 else 200)

    await deliver_until_quiet(one_waiting, clock, answer)
    first, second = requests
    assert (first.headers["svix-id"], first.content) == (second.headers["svix-id"], second.content)
    assert int(second.headers["svix-timestamp"]) - int(first.headers["svix-timestamp"]) == 5
    assert first.headers["svix-signature"] != second.headers["svix-signature"]
    for request in requests:
        event = resend.Webhooks.verify(
            {
                "payload": request.content.decode(),
                "headers": {
                    "id": request.headers["svix-id"],
                    "timestamp": request.headers["svix-timestamp"],
                    "signature": request.headers["svix-signature"],
                },
                "webhook_secret": SECRET,
            }
        )
        assert dict(event)["type"] == "email.sent"


async def test_nothing_is_kept_when_there_is_nobody_to_tell(
    api: httpx.AsyncClient, mail: dict[str, object], tmp_path: Path
) -> None:
    await api.post("/emails", json=mail)
    await settle()
    database = open_database(tmp_path)
    assert Outbox(database, Hooks(database)).next_due() is None
    database.close()


@pytest.mark.parametrize(
    ("to", "kinds", "last"),
    [
        (["ann@race.dev"], ["sent", "delivered"], "delivered"),
        (["delivered@resend.dev"], ["sent", "delivered"], "delivered"),
        (["Bo <BOUNCED+label@Resend.dev>"], ["sent", "bounced"], "bounced"),
        (["complained@resend.dev"], ["sent", "delivered", "complained"], "complained"),
        (["suppressed@resend.dev"], ["sent", "suppressed"], "suppressed"),
        (["bounced@race.dev"], ["sent", "delivered"], "delivered"),
        (["ann@race.dev", "bounced@resend.dev"], ["sent", "bounced", "delivered"], "bounced"),
    ],
)
def test_the_address_decides_what_becomes_of_a_mail(to: list[str], kinds: list[str], last: str) -> None:
    draft = Draft(sender="a@race.dev", to=to, subject="s")
    assert ([event.kind for event in story(draft)], last_event(draft)) == (kinds, last)


def test_an_event_names_the_addresses_it_concerns() -> None:
    draft = Draft(sender="a@race.dev", to=["ann@race.dev"], bcc=["bounced@resend.dev"], subject="s")
    assert {event.kind: event.to for event in story(draft)} == {
        "sent": ["ann@race.dev"],
        "bounced": ["bounced@resend.dev"],
        "delivered": ["ann@race.dev"],
    }


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_***"])
def test_a_secret_that_signs_nothing_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match=r"whsec_|base64|Only"):
        Endpoint("http://app/hook", secret)


def test_json_on_the_wire_is_what_was_signed() -> None:
    endpoint = Endpoint("http://app/hook", SECRET)
    body = json.dumps({"subject": "ü"}, ensure_ascii=False)
    assert endpoint.sign("msg_1", 1, body) != endpoint.sign("msg_1", 1, json.dumps({"subject": "ü"}))
