"""What a function's process wires together, beside what its parts do."""

import logging

import pytest
from pydantic import SecretStr

from shared.config import VerifySettings
from shared.process import Process
from tests.security.signature.forging import BODY, CURRENT, NEXT, URL, honest


@pytest.fixture
def process() -> Process:
    made = Process("test", environ={})
    made.log = logging.getLogger("process")
    made.verify_settings = VerifySettings(
        stage="prod", qstash_current_signing_key=SecretStr(CURRENT), qstash_next_signing_key=SecretStr(NEXT)
    )
    return made


def test_a_rotation_of_the_signing_keys_is_one_warning(process: Process, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        process.verifier.verify(honest(key=NEXT), BODY, URL)
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("WARNING", "the signing keys were rotated: deploy the new ones")
    ]


async def test_its_redis_and_its_retries_write_into_its_log(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Redis refuses of ours would be hidden by its fallbacks."""
    for name, value in {"STAGE": "local", "UPSTASH_REDIS_REST_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("UPSTASH_REDIS_REST_TOKEN", "a-token")
    async with process.redis as redis:
        assert redis._log is process.log
        assert redis._retries._log is process.log
