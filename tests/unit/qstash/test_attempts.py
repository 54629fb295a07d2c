"""What follows each answer, with the clock in the test's hand."""

from collections.abc import Callable
from itertools import pairwise

import httpx
import jwt
import pytest

from infra.local.qstash.attempts import Attempts
from infra.local.qstash.clock import Scale
from infra.local.qstash.model import Options, State
from infra.local.qstash.publishing import Request
from infra.local.qstash.service import Service
from infra.local.qstash.settings import DEVELOPMENT_CURRENT_KEY
from infra.local.qstash.store.filters import Filter
from tests.unit.qstash.world import FakeClock, Replies

Make = Callable[[float], Service]
URL = "http://h.test/x"


def attempts_of(service: Service, scale: float) -> Attempts:
    return Attempts(
        store=service.store,
        clock=service.clock,
        scale=Scale(scale),
        ids=service.ids,
        carrier=service.carrier,
        publisher=service.publisher,
    )


def publish(service: Service, options: Options) -> str:
    return service.publish(Request(URL, options, b"{}")).receipts[0].message_id


async def waits(service: Service, clock: FakeClock, options: Options, scale: float = 1.0) -> list[float]:
    """Seconds between the attempts until the message is over."""
    attempts, name = attempts_of(service, scale), publish(service, options)
    found = []
    while not (done := await attempts.make(name)).final:
        found.append(done.entries[-1].due_at - clock.now())
        clock.advance(found[-1])
    return found


async def test_retries_follow_the_backoff_and_then_end(make: Make, clock: FakeClock, replies: Replies) -> None:
    service = make(1)
    replies.next = [httpx.Response(500) for _ in range(6)]
    assert await waits(service, clock, Options(retries=5)) == pytest.approx(
        [12.18, 148.4, 1808, 22026, 86400], rel=1e-3
    )
    assert [request.headers["Upstash-Retried"] for request in replies.requests] == ["0", "1", "2", "3", "4", "5"]
    assert len(service.store.dlq.page(Filter(), count=10, after=None)[0]) == 1


async def test_time_scale_divides_the_backoff_but_not_retry_after(
    make: Make, clock: FakeClock, replies: Replies
) -> None:
    replies.next = [httpx.Response(500), httpx.Response(429, headers={"Retry-After": "9"}), httpx.Response(500)]
    assert await waits(make(1000), clock, Options(), scale=1000) == pytest.approx([0.01218, 9, 1.808], rel=1e-3)


async def test_each_attempt_has_a_fresh_signature(make: Make, clock: FakeClock, replies: Replies) -> None:
    replies.next = [httpx.Response(500), httpx.Response(500)]
    await waits(make(1), clock, Options())
    claims = [
        jwt.decode(
            request.headers["Upstash-Signature"],
            DEVELOPMENT_CURRENT_KEY,
            algorithms=["HS256"],
            options={"verify_exp": False, "verify_iat": False},
        )
        for request in replies.requests
    ]
    assert len({claim["jti"] for claim in claims}) == 3
    assert all(later["iat"] > earlier["iat"] for earlier, later in pairwise(claims))


async def test_a_redirect_is_not_followed_but_retried(make: Make, clock: FakeClock, replies: Replies) -> None:
    replies.next = [httpx.Response(302, headers={"Location": "http://elsewhere.test/"})]
    assert len(await waits(make(1), clock, Options())) == 1
    assert {str(request.url) for request in replies.requests} == {URL}


async def test_an_attempt_that_was_cancelled_before_it_began_sends_nothing(make: Make, replies: Replies) -> None:
    service = make(1)
    name = publish(service, Options())
    service.store.messages.finish(name, State.CANCELED, service.clock.now())
    assert (await attempts_of(service, 1).make(name)).final
    assert replies.requests == []


async def test_a_delay_is_scaled_and_what_was_asked_is_still_shown(make: Make, clock: FakeClock) -> None:
    service = make(60)
    published = service.publish(Request(URL, Options(delay=3600.0), b""))
    assert published.entries[0].due_at == clock.now() + 60
    stored = service.store.messages.get(published.receipts[0].message_id)
    assert stored is not None
    assert stored.message.not_before == (clock.now() + 3600) * 1000


async def test_not_before_wins_over_a_delay(make: Make, clock: FakeClock) -> None:
    options = Options(delay=3600.0, not_before=clock.now() + 5)
    assert make(1).publish(Request(URL, options, b"")).entries[0].due_at == clock.now() + 5


@pytest.mark.parametrize(("scale", "seconds"), [(1.0, 599.0), (100.0, 5.99)])
async def test_duplicates_are_known_for_ten_minutes_of_scaled_time(
    make: Make, clock: FakeClock, scale: float, seconds: float
) -> None:
    service = make(scale)
    request = Request(URL, Options(deduplication_id="d"), b"")
    first = service.publish(request).receipts[0]
    clock.advance(seconds)
    second = service.publish(request).receipts[0]
    assert (second.message_id, second.deduplicated) == (first.message_id, True)
    clock.advance(2 / scale)
    assert not service.publish(request).receipts[0].deduplicated


async def test_finished_messages_keep_their_body_for_an_hour(make: Make, clock: FakeClock) -> None:
    service = make(1)
    name = publish(service, Options())
    await attempts_of(service, 1).make(name)
    clock.advance(3599)
    service.store.messages.purge(clock.now(), 1e6)
    stored = service.store.messages.get(name)
    assert stored is not None
    assert stored.body == b"{}"
    clock.advance(2)
    service.store.messages.purge(clock.now(), 1e6)
    stored = service.store.messages.get(name)
    assert stored is not None
    assert stored.body is None
