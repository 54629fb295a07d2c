"""A cold send_email has sent its claim before it imports what the mail will need: another delivery is told at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

from shared.message import Message
from tests.support.desk import KEY, NEXT_KEY, signed_event

ROOT = Path(__file__).parents[3]

DELIVERED = """
import json, sys
from pymongo import monitoring
from tests.integration.handler.door import LambdaCall

HEAVY = {"resend", "httpx", "httpcore", "anyio", "certifi", "requests", "urllib3", "upstash_redis", "boto3"}

class Claims(monitoring.CommandListener):
    def started(self, event):
        if event.command_name == "findAndModify":
            print("claim", json.dumps(sorted(HEAVY & sys.modules.keys())))
    def succeeded(self, event): pass
    def failed(self, event): pass

monitoring.register(Claims())
from functions.send_email.handler import handler
print("status", handler(json.load(sys.stdin), LambdaCall(25_000))["statusCode"])
"""


def test_nothing_that_the_mail_needs_is_imported_before_the_claim_is_sent(mongodb_uri: str) -> None:
    environment = {
        "STAGE": "prod",
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": "test_claims_first",  # only looked into
        "QSTASH_CURRENT_SIGNING_KEY": KEY,
        "QSTASH_NEXT_SIGNING_KEY": NEXT_KEY,
    }
    event = signed_event(Message("nobodys", "send_email", 0, 0).encode())
    done = subprocess.run(
        [sys.executable, "-c", DELIVERED],
        input=json.dumps(event),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
    )

    said = done.stdout.splitlines()
    assert "claim []" in said, done.stdout + done.stderr
    assert said[-1] == "status 503"  # no such run
