"""A request with a key that is cut off wherever it waits: its repeat is done or told, once, and never held up."""

from itertools import count
from typing import Final

import pytest

from shared.runs.model import State
from tests.integration.api.cut_off import cut_off
from tests.integration.api.front import Front, kind
from tests.integration.api.repeats import ADA, BILLING, KEYS, LINKS, REPORT, SESSIONS, WISH
from tests.integration.api.served import Unlimited

LEAST: Final = 5
"""Waits that there are at least in a request, or the test has lost its way."""


@pytest.mark.parametrize(("path", "body"), [(REPORT, WISH), (LINKS, ADA)])
async def test_work_is_begun_once_wherever_its_request_was_cut_off(front: Front, path: str, body: object) -> None:
    front.change(limits=Unlimited())
    async with front.browser(headers=await front.key("operator")) as browser:
        for at in count(1):
            await front.database.runs.delete_many({})
            front.publisher.published.clear()
            key = {"Idempotency-Key": f"key-{at}"}
            if not await cut_off(browser.post(path, json=body, headers=key), at):
                break
            answers = [await browser.post(path, json=body, headers=key) for _ in range(2)]
            [run] = [one async for one in front.database.runs.find({})]
            assert [(one.status_code, one.json()["job"]) for one in answers] == [(202, run["_id"])] * 2
            assert run["state"] == State.QUEUED.value
            assert {message.run for message in front.publisher.published} == {run["_id"]}
    assert at > LEAST


async def test_one_key_is_made_wherever_its_request_was_cut_off(front: Front) -> None:
    """Its answer is lost then, so a repeat either makes it or is told which was made."""
    front.change(limits=Unlimited())
    async with front.browser(headers=await front.key("operator")) as browser:
        for at in count(1):
            await front.database.api_keys.delete_many({"name": "billing"})
            key = {"Idempotency-Key": f"key-{at}"}
            if not await cut_off(browser.post(KEYS, json=BILLING, headers=key), at):
                break
            again = await browser.post(KEYS, json=BILLING, headers=key)
            [made] = [one async for one in front.database.api_keys.find({"name": "billing"})]
            assert (again.status_code == 201 and again.json()["id"] == made["id"]) or (
                kind(again) == "answer-not-kept" and again.json()["made"] == made["id"]
            )
    assert at > LEAST


async def test_a_link_is_used_once_wherever_its_sign_in_was_cut_off(front: Front) -> None:
    for at in count(1):
        front.change(limits=Unlimited())
        async with front.browser() as browser:
            await front.database.sessions.delete_many({})
            token = {"token": await front.mailed(await browser.post(LINKS, json=ADA))}
            key = {"Idempotency-Key": "one"}
            if not await cut_off(browser.post(SESSIONS, json=token, headers=key), at):
                break
            again = await browser.post(SESSIONS, json=token, headers=key)
            assert again.status_code == 201 or kind(again) == "answer-not-kept"
            assert await front.database.sessions.count_documents({}) == 1
    assert at > LEAST
