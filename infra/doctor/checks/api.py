"""The API answers, over https."""

from collections.abc import Sequence
from typing import Final

from infra.doctor.addresses import api_url
from infra.doctor.model import Check, Finding, fail, ok
from infra.doctor.patient import Patient

NAME: Final = "api"
LIMIT: Final = 30.0
"""Seconds: a cold start, as long as API Gateway waits."""


async def look(patient: Patient) -> Sequence[Finding]:
    url = await api_url(patient)
    if patient.stage != "local" and not url.startswith("https://"):
        return [fail(NAME, f"{url} is not https", "APP_URL: links in mails begin with it")]
    answer = await patient.asks("api", "GET", f"{url}/health", limit=LIMIT)
    if answer.status_code != 200 or "ok" not in answer.text:
        by_another = ", by something else" if answer.is_success else ""
        return [fail(NAME, f"{url}/health is answered {answer.status_code}{by_another}", CHECK.mend)]
    return [ok(NAME, f"{url} is there")]


CHECK: Final = Check(NAME, look, mend="APP_URL, its DNS and certificate; the function api and its log", limit=LIMIT)
