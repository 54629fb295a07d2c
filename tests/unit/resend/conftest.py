"""The app inside the test's own process, with time in the test's hands."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from infra.local.resend.app import Options, create_app
from tests.unit.resend.fake_time import FakeTime

AUTHORIZED = {"authorization": "Bearer re_test"}


@pytest.fixture
def clock() -> FakeTime:
    """Begins now, because the SDK judges webhooks by the machine's own clock."""
    return FakeTime(seconds=float(int(time.time())))


@pytest.fixture
async def api(tmp_path: Path, clock: FakeTime) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Options(state=tmp_path, api_key="re_test", rate=0), clock.world())
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://resend", headers=AUTHORIZED) as client,
    ):
        yield client


@pytest.fixture
def mail() -> dict[str, object]:
    return {"from": "Mill <mill@race.dev>", "to": "ann@race.dev", "subject": "Hello", "html": "<p>Hi</p>"}
