"""Requests that are sent again: what they send, and what is seen of them."""

from typing import Any

import httpx

from tests.integration.api.front import Front

WISH = {"document": "mine/1", "colour": "blue"}
ADA = {"email": "ada@example.com"}
KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
REPORT, LINKS, SESSIONS, KEYS = "/v1/jobs/report", "/v1/auth/magic-links", "/v1/auth/sessions", "/v1/api-keys"
BILLING = {"name": "billing", "scopes": ["jobs:write"]}


def replayed(response: httpx.Response) -> bool:
    return str(response.headers.get("idempotency-replayed")) == "true"


async def records(front: Front) -> list[dict[str, Any]]:
    return [one async for one in front.database.idempotent_requests.find({})]
