"""Jobs whose every run is paid for are counted apart, and a caller may start fewer of them."""

from dataclasses import replace

import pytest

from functions.api.routes import start
from functions.registry import contracts
from shared.contract import PublicFace
from shared.enqueue import Enqueuer
from tests.integration.api.counted import Counted
from tests.integration.api.front import CONTRACTS, Front, Wish, contract, kind, may

DEAR = replace(contract("dear", public=True), public=PublicFace(Wish, may, costly=True))


@pytest.fixture
def dear(front: Front) -> Front:
    services = front.services
    enqueuer = Enqueuer(front.database, front.publisher, {**CONTRACTS, "dear": DEAR}, services.world)
    front.change(enqueuer=enqueuer)
    return front


async def test_a_costly_job_is_counted_apart_from_the_others(dear: Front) -> None:
    counted = Counted()
    dear.change(limits=counted)
    async with dear.browser(headers=await dear.key("jobs:write")) as server:
        assert (await server.post("/v1/jobs/dear", json={"document": "a"})).status_code == 202
        assert (await server.post("/v1/jobs/report", json={"document": "a"})).status_code == 202
    assert len(counted.of(start.COSTLY.caller)) == len(counted.of(start.LIMITS.caller)) == 1


async def test_whoever_has_started_too_many_is_told_when_to_come_again(dear: Front) -> None:
    dear.change(limits=Counted(refused=start.COSTLY.caller))
    async with dear.browser(headers=await dear.key("jobs:write")) as server:
        refused = await server.post("/v1/jobs/dear", json={"document": "a"})
        assert (refused.status_code, kind(refused), refused.headers["retry-after"]) == (429, "too-often", "77")
        assert (await server.post("/v1/jobs/report", json={"document": "a"})).status_code == 202
    assert await dear.database.runs.count_documents({"job": "dear"}) == 0


def test_an_analysis_is_a_costly_job() -> None:
    public = contracts()["analyze_document"].public
    assert public is not None
    assert public.costly
