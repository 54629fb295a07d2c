"""Operators' acts are answered in a request's time, however many there are and however silent QStash is."""

import pytest

from functions.api.operating import PATIENCE
from shared import deadline
from shared.errors import DependencyDown
from tests.integration.api.front import Front, Phone
from tests.integration.api.test_operations import failed, started


async def test_an_operation_ends_in_a_requests_time_and_says_what_is_left(
    front: Front, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, operator = await front.key("jobs:write"), await front.key("operator")
    for n in range(3):
        await failed(front, phone, server, f"mine/{n}")
    monkeypatch.setattr("functions.api.routes.operations.BEGIN_BY", 0.0)
    asked = {"action": "purge", "filter": {}, "preview": False}
    done = (await phone.post("/v1/operations", json=asked, headers=operator)).json()
    assert (len(done["done"]), done["left"]) == (1, 2)
    assert front.publisher.removed == ["dlq_1"]


@pytest.mark.parametrize("act", ["replay", "cancel", "purge", "operation"])
async def test_nobody_waits_long_for_a_qstash_that_is_silent(
    front: Front, phone: Phone, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """Each call has what is left of the caller's patience. What was done is told, and the relay has the rest."""
    server, operator = await front.key("jobs:write"), await front.key("operator")
    run_id = await started(phone, server) if act == "cancel" else await failed(front, phone, server)
    left: list[float] = []

    async def silent(*_: object) -> None:
        left.append(deadline.at_most(60.0))
        raise DependencyDown("qstash", "no answer")

    for call in ("publish", "cancel", "remove_dead_letter"):
        monkeypatch.setattr(front.publisher, call, silent)
    many = {"action": "replay", "filter": {"job": "report"}, "preview": False}
    method, path, body = {
        "purge": ("DELETE", f"/v1/jobs/{run_id}", None),
        "operation": ("POST", "/v1/operations", many),
    }.get(act, ("POST", f"/v1/jobs/{run_id}/{act}", None))
    answer = await phone.request(method, path, json=body, headers=operator)
    assert answer.is_success
    assert left
    assert max(left) <= PATIENCE
