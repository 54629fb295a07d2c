"""Resend's webhooks, put together by hand: bodies as it writes them, signed as Svix signs, in API Gateway's events.

event = webhook(told("bounced", "re_1", ["ann@race.dev"]))
"""

import base64
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pydantic import SecretStr

from functions.email_events.handler import EventHandler
from shared.clock import World
from shared.config import MailEventSettings
from shared.database import Database
from tests.support.processes import process_on

KEY = b"a key of the tests, 32 bytes long"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
OLD_KEY = b"the key of the tests before that one"
OLD_SECRET = f"whsec_{base64.b64encode(OLD_KEY).decode()}"

NOON = 1_795_521_600_000
"""Milliseconds; a time for events whose time is no matter."""

DETAILS: Mapping[str, Mapping[str, Any]] = {
    "bounced": {"bounce": {"type": "Permanent", "subType": "General", "message": "no such mailbox"}},
    "soft_bounced": {"bounce": {"type": "Transient", "subType": "MailboxFull", "message": "it is full"}},
    "failed": {"failed": {"reason": "reached_daily_quota"}},
    "suppressed": {"suppressed": {"type": "OnAccountSuppressionList", "message": "on the list"}},
}


def told(kind: str, resend_id: str, to: Sequence[str], *, at: int = NOON, run: str | None = None, **more: Any) -> bytes:
    """`kind` is ours: a soft bounce is one of Resend's bounces. `more` are fields of `data`."""
    data = {
        "email_id": resend_id,
        "created_at": "2026-11-24T11:59:59.123456+00:00",
        "from": "Mill <mill@race.dev>",
        "to": list(to),
        "subject": "A subject that nobody needs",
        "tags": {"kind": "sign_in"} | ({"run": run} if run else {}),
        **DETAILS.get(kind, {}),
        **more,
    }
    stamp = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"type": f"email.{kind.removeprefix('soft_')}", "created_at": stamp, "data": data}).encode()


def signature(webhook_id: str, timestamp: str, body: bytes, *, key: bytes = KEY) -> str:
    mac = hmac.digest(key, f"{webhook_id}.{timestamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(mac).decode()}"


def headers(body: bytes, *, webhook_id: str | None = None, at: float | None = None, key: bytes = KEY) -> dict[str, str]:
    """`at` is in seconds; now, if it is not given."""
    webhook_id = webhook_id or f"msg_{uuid4().hex}"
    timestamp = str(int(time.time() if at is None else at))
    return {
        "svix-id": webhook_id,
        "svix-timestamp": timestamp,
        "svix-signature": signature(webhook_id, timestamp, body, key=key),
    }


def event(body: bytes, given: Mapping[str, str], *, encoded: bool = True) -> dict[str, Any]:
    """As an HTTP API hands it over (payload 2.0): a body of JSON comes as text, every other one as base64."""
    return {
        "version": "2.0",
        "rawPath": "/webhooks/resend",
        "headers": {"content-type": "application/json", **given},
        "requestContext": {
            "domainName": "abc.execute-api.eu-west-1.amazonaws.com",
            "http": {"method": "POST", "sourceIp": "198.51.100.7"},
        },
        "body": base64.b64encode(body).decode() if encoded else body.decode(),
        "isBase64Encoded": encoded,
    }


def webhook(body: bytes, *, encoded: bool = True, **signed: Any) -> dict[str, Any]:
    """One that Resend has signed just now."""
    return event(body, headers(body, **signed), encoded=encoded)


def settings(secrets: str = SECRET) -> MailEventSettings:
    return MailEventSettings(stage="prod", resend_webhook_secret=SecretStr(secrets))


def handler_on(
    database: Database, *, secrets: str = SECRET, world: World | None = None, log: Any = None
) -> EventHandler:
    return EventHandler(process=process_on(database, world=world, log=log), settings=lambda: settings(secrets))
