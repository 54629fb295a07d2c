"""A deployed stage: what takes its addresses waits for the first deploy, and is done after it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.bootstrap.aws import Aws
from tests.integration.bootstrap.conftest import SCHEDULED
from tests.integration.bootstrap.ground import Ground


@pytest.fixture
def aws(ground: Ground, resend_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """The stage `dev`, with values of its own where the local stage's are refused, and credentials of nobody's."""
    given = {
        "STAGE": "dev",
        "QSTASH_TOKEN": "token-of-dev",
        "RESEND_API_KEY": "re_dev",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }
    for name in ("APP_URL", *(f"JOB_URL_{job.upper()}" for job in SCHEDULED)):
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with Aws(api=ground.webhook.removesuffix("/webhooks/resend")).listening() as made:
        monkeypatch.setenv("AWS_ENDPOINT_URL", made.url)
        yield made


async def test_what_the_deploy_makes_up_is_waited_for_and_then_used(ground: Ground, aws: Aws) -> None:
    before = await ground("--check", stage="dev")
    assert "mongodb: all as declared" in before.stderr  # and of those that wait no such thing
    assert "schedules  6 schedules          waiting  AWS has no function millrace-dev-relay_jobs" in before.stdout
    assert "webhook    of /webhooks/resend  waiting  AWS has no stack millrace-dev" in before.stdout
    assert await ground.webhooks() == []
    aws.deployed = True
    after = await ground("--yes", stage="dev")
    assert "made webhook" in after.stdout
    assert len(await ground.webhooks()) == 1
