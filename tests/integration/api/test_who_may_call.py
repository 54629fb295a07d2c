"""Sessions and API keys: told once, stored hashed, revocable at once, each with its scopes.

Who may touch what with them is in tests/security/test_who_may_touch_what.py.
"""

import time

import pytest

from shared.clock import World
from tests.integration.api.front import Front, Phone, kind


async def test_people_see_and_end_their_own_sessions(front: Front, phone: Phone, laptop: Phone) -> None:
    here = await front.signed_in(phone)
    there = await front.signed_in(laptop)
    items = (await phone.get("/v1/auth/sessions", headers=here)).json()["items"]
    assert [item["current"] for item in items].count(True) == 1
    other = next(item["id"] for item in items if not item["current"])

    assert (await phone.delete(f"/v1/auth/sessions/{other}", headers=here)).status_code == 204
    assert (await laptop.get("/v1/auth/sessions", headers=there)).status_code == 401
    assert (await phone.get("/v1/auth/sessions", headers=here)).status_code == 200


async def test_who_signs_out_is_out(front: Front, phone: Phone) -> None:
    ada = await front.signed_in(phone)
    assert (await phone.delete("/v1/auth/sessions/current", headers=ada)).status_code == 204
    again = await phone.delete("/v1/auth/sessions/current", headers=ada)
    assert (again.status_code, kind(again)) == (401, "unauthenticated")


async def test_a_session_is_over_after_thirty_days(front: Front, phone: Phone) -> None:
    ada = await front.signed_in(phone)
    for days, status in ((29.9, 200), (30.1, 401)):
        front.change(world=World(now=lambda days=days: time.time() + days * 86_400))  # type: ignore[misc]
        async with front.browser() as later:
            assert (await later.get("/v1/auth/sessions", headers=ada)).status_code == status


async def test_an_operator_makes_lists_and_revokes_keys(front: Front, phone: Phone) -> None:
    operator = await front.key("operator")
    asked = {"name": "billing", "scopes": ["jobs:write"]}
    made = await phone.post("/v1/api-keys", json=asked, headers=operator)
    assert made.status_code == 201
    key = made.json()["key"]
    assert key.startswith("mr_")
    server = {"Authorization": f"Bearer {key}"}
    assert (await phone.post("/v1/jobs/report", json={"document": "a"}, headers=server)).status_code == 202

    listed = await phone.get("/v1/api-keys", headers=operator)
    assert {item["name"] for item in listed.json()["items"]} == {"billing", "test"}
    assert "mr_" not in listed.text
    assert not [one async for one in front.database.api_keys.find({}) if key in str(one)]

    assert (await phone.delete(f"/v1/api-keys/{made.json()['id']}", headers=operator)).status_code == 204
    assert (await phone.delete(f"/v1/api-keys/{made.json()['id']}", headers=operator)).status_code == 404
    assert (await phone.post("/v1/jobs/report", json={"document": "a"}, headers=server)).status_code == 401


async def test_a_user_who_is_an_operator_has_an_operators_session(front: Front, phone: Phone) -> None:
    await phone.post("/v1/auth/magic-links", json={"email": "ada@example.com"})
    await front.database.users.update_one({"email": "ada@example.com"}, {"$set": {"scopes": ["operator"]}})
    assert (await phone.get("/v1/api-keys", headers=await front.signed_in(phone))).status_code == 200


@pytest.mark.parametrize("scopes", [[], ["everything"], ["jobs:write", "x"]])
async def test_a_key_has_known_scopes(front: Front, phone: Phone, scopes: list[str]) -> None:
    asked = {"name": "x", "scopes": scopes}
    response = await phone.post("/v1/api-keys", json=asked, headers=await front.key("operator"))
    assert response.status_code == 422
    assert "everything" not in response.text
