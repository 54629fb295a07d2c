"""Late, repeated, out of order: the store ends up the same."""

import asyncio
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.database import Database
from tests.conftest import EXAMPLES
from tests.integration.email_events.bench import Post
from tests.support import svix
from tests.support.svix import NOON

KINDS = ("sent", "delivery_delayed", "soft_bounced", "delivered", "failed", "suppressed", "bounced", "complained")
PEOPLE = ("ann@race.dev", "bo@race.dev")
EVENTS = st.tuples(st.sampled_from(KINDS), st.sampled_from([*map(list, PEOPLE), PEOPLE]), st.integers(0, 3))
Told = tuple[str, Sequence[str], int]


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[Told], list[Told]]:
    """Some events, and the same ones in another order, some of them twice."""
    told = draw(st.lists(EVENTS, min_size=1, max_size=6))
    again = draw(st.lists(st.sampled_from(told), max_size=3))
    return told, draw(st.permutations([*told, *again]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=EXAMPLES // 2)
@given(drawn=orders(), state=st.sampled_from(["sent", "calling", "uncertain"]))
async def test_any_order_of_the_events_makes_the_same_records(
    database: Database, drawn: tuple[list[Told], list[Told]], state: str
) -> None:
    post = Post(database, svix.handler_on(database))
    ended = [await after(post, told, state) for told in drawn]
    assert ended[0] == ended[1]


async def after(post: Post, told: Sequence[Told], state: str) -> tuple[Any, ...]:
    """The records of a new mail that these events were told of, one after the other."""
    await post.database.suppressions.delete_many({})
    await post.database.emails.delete_many({})
    run = await post.sent(state=state)
    for kind, to, at in told:
        assert (await post.tell(kind, "re_1", *to, at=NOON + at, run=run)).answer.status == 200
    mail = await post.mail(run)
    kept = [(one["_id"], one["state"], one["since"], one["resend_id"]) for one in await post.suppressions()]
    return mail["state"], mail["resend_id"], mail["delivery"], kept


async def test_events_of_one_mail_that_come_at_once_are_all_taken(post: Post) -> None:
    run = await post.sent()
    told = [(kind, NOON + at) for at, kind in enumerate(KINDS)]

    received = await asyncio.gather(*(post.tell(kind, "re_1", at=at) for kind, at in told))

    assert {one.answer.outcome for one in received} == {"recorded"}
    (address,) = (await post.mail(run))["delivery"]["addresses"]
    assert {kind: one["at"] for kind, one in address["told"].items()} == dict(told)
    assert address["state"] == "complained"
    (kept,) = await post.suppressions()
    assert kept["since"] == min(at for kind, at in told if kind in {"suppressed", "bounced", "complained"})


async def test_events_of_many_mails_to_a_new_address_at_once_make_one_suppression(post: Post) -> None:
    await asyncio.gather(*(post.tell("bounced", f"re_{at}", at=NOON + at) for at in range(8)))
    (kept,) = await post.suppressions()
    assert (kept["since"], kept["resend_id"]) == (NOON, "re_0")
