"""Resend: asked for a list of mails, which a key that may send and nothing else is refused by name.

2xx                                 a key that may read as well
401 restricted_api_key              it answers, and knows the key: https://resend.com/docs/api-reference/errors
429                                 it answers, and knows whose calls it counts
401, 403 with another name          the key is none: no mail goes out
5xx, a page of something else       it does not answer
"""

from typing import Final

import httpx

from functions.check_health.probing import LIMIT, Probe
from shared.config import MailSettings
from shared.errors import DependencyDown

KNOWN: Final = "restricted_api_key"
WORDS: Final = frozenset({"missing_api_key", "invalid_api_key"})
"""Of its refusals, those that are told by name; anything else is told by its status alone."""


def probe(settings: MailSettings) -> Probe:
    key = settings.resend_api_key.get_secret_value()

    async def look() -> None:
        try:
            async with httpx.AsyncClient(headers={"authorization": f"Bearer {key}"}, timeout=LIMIT) as client:
                answer = await client.get(f"{settings.resend_api_url}/emails", params={"limit": 1})
        except httpx.HTTPError as error:
            raise DependencyDown("resend", type(error).__name__) from error
        said = _name(answer)
        if not answer.is_success and answer.status_code != httpx.codes.TOO_MANY_REQUESTS and said != KNOWN:
            raise DependencyDown("resend", said if said in WORDS else f"status {answer.status_code}")
        if answer.is_success and said is None:
            raise DependencyDown("resend", "an answer that is none of its own")

    return look


def _name(answer: httpx.Response) -> str | None:
    """Of an error, or of whatever else JSON it says; None where that is no object of its own."""
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        return None
    return str(said.get("name", "")) if isinstance(said, dict) else None
