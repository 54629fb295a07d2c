"""Copies of one snapshot begin with everything imported, and share neither a connection nor what is drawn at random."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.message import Message
from tests.support.desk import KEY, NEXT_KEY, signed_event

ROOT = Path(__file__).parents[3]
SCRIPT = "tests.integration.snapstart.copies"


@pytest.fixture
def told(mongodb_uri: str) -> list[dict[str, Any]]:
    """What the process said before its snapshot, and what each of two copies said after its first event."""
    environment = {
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
        "STAGE": "prod",
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": "test_snapstart",  # only looked into
        "QSTASH_CURRENT_SIGNING_KEY": KEY,
        "QSTASH_NEXT_SIGNING_KEY": NEXT_KEY,
        "RESEND_API_KEY": "re_nobodys",
        "MAIL_FROM": "Mill <mill@race.dev>",
        "MAIL_OPERATORS": "op@race.dev",
        "APP_URL": "https://app.race.dev",
        "TOKEN_KEYS": "k:a-key-of-the-tests-that-is-long-enough",
    }
    events = [json.dumps(signed_event(Message(f"nobodys_{run}", "send_email", 0, 0).encode())) for run in range(2)]
    done = subprocess.run(
        [sys.executable, "-m", SCRIPT, *events],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
    )
    lines = [json.loads(line.removeprefix("told ")) for line in done.stdout.splitlines() if line.startswith("told ")]
    assert len(lines) == 3, done.stderr
    return lines


def test_copies_are_warm_and_have_nothing_in_common(told: list[dict[str, Any]]) -> None:
    snapshot, *copies = told

    assert snapshot["imported"] == []
    assert set(snapshot["warm"]) >= {"resend", "httpx"}
    assert snapshot["kept"] == []
    assert snapshot["sockets"] == []
    assert [one["status"] for one in copies] == [503, 503]  # no such run: the store was asked
    assert all(one["sockets"] for one in copies)
    for drawn in ("random", "object_id"):
        first, second = (one[drawn] for one in copies)
        assert first != second, drawn
