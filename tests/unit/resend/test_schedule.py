"""A scheduled mail leaves when its time has come, can be moved, and can be called back."""

from datetime import UTC, datetime

import httpx

from tests.unit.resend.fake_time import FakeTime

Mail = dict[str, object]


def after(clock: FakeTime, seconds: float) -> str:
    return datetime.fromtimestamp(clock.now() + seconds, UTC).isoformat()


async def schedule(api: httpx.AsyncClient, mail: Mail, at: str) -> str:
    answer = await api.post("/emails", json={**mail, "scheduled_at": at})
    mail_id: str = answer.json()["id"]
    return mail_id


async def sent(api: httpx.AsyncClient) -> list[str]:
    return [found["id"] for found in (await api.get("/local/emails")).json()["data"]]


async def test_it_leaves_at_its_time_and_not_before(api: httpx.AsyncClient, mail: Mail, clock: FakeTime) -> None:
    mail_id = await schedule(api, mail, after(clock, 3600))
    await clock.advance(3599)
    assert await sent(api) == []
    assert (await api.get(f"/emails/{mail_id}")).json()["last_event"] == "scheduled"
    await clock.advance(1)
    assert await sent(api) == [mail_id]
    assert (await api.get(f"/emails/{mail_id}")).json()["last_event"] == "delivered"


async def test_it_can_be_moved_forward(api: httpx.AsyncClient, mail: Mail, clock: FakeTime) -> None:
    mail_id = await schedule(api, mail, after(clock, 3600))
    moved = await api.patch(f"/emails/{mail_id}", json={"scheduled_at": after(clock, 10)})
    assert moved.json() == {"object": "email", "id": mail_id}
    await clock.advance(10)
    assert await sent(api) == [mail_id]


async def test_a_canceled_mail_never_leaves(api: httpx.AsyncClient, mail: Mail, clock: FakeTime) -> None:
    mail_id = await schedule(api, mail, after(clock, 10))
    assert (await api.post(f"/emails/{mail_id}/cancel")).json() == {"object": "email", "id": mail_id}
    await clock.advance(3600)
    assert await sent(api) == []
    assert (await api.get(f"/emails/{mail_id}")).json()["last_event"] == "canceled"


async def test_what_has_left_cannot_be_changed(api: httpx.AsyncClient, mail: Mail, clock: FakeTime) -> None:
    mail_id = (await api.post("/emails", json=mail)).json()["id"]
    moved = await api.patch(f"/emails/{mail_id}", json={"scheduled_at": after(clock, 10)})
    canceled = await api.post(f"/emails/{mail_id}/cancel")
    assert [moved.status_code, canceled.status_code] == [422, 422]


async def test_a_move_needs_a_time(api: httpx.AsyncClient, mail: Mail, clock: FakeTime) -> None:
    mail_id = await schedule(api, mail, after(clock, 10))
    assert (await api.patch(f"/emails/{mail_id}", json={})).json()["name"] == "missing_required_field"


async def test_a_time_in_the_past_is_now(api: httpx.AsyncClient, mail: Mail, clock: FakeTime) -> None:
    mail_id = await schedule(api, mail, after(clock, -60))
    assert await sent(api) == [mail_id]
