"""Resend knows the key, and has verified the domain of MAIL_FROM.

A key that may send and nothing else, which is what the functions should have, is refused by name when it asks for
domains: then the key is well, and the domain is a matter for its page there, or for `--mail`.
"""

from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from typing import Any, Final

import httpx

from functions.check_health.probes import resend
from infra.doctor.model import Check, Finding, fail, ok
from infra.doctor.patient import Patient
from shared.config import MailSettings
from shared.errors import DependencyDown

NAME: Final = "resend"
MAY_NOT: Final = frozenset({401, 403, 501})
"""The last is the local server's, which has no domains."""
DOMAINS: Final = "https://resend.com/domains"


async def look(patient: Patient) -> Sequence[Finding]:
    settings = patient.settings(MailSettings)
    await resend.probe(settings)()
    _, _, domain = parseaddr(settings.mail_from)[1].rpartition("@")
    bearer = {"authorization": f"Bearer {settings.resend_api_key.get_secret_value()}"}
    answer = await patient.asks("resend", "GET", f"{settings.resend_api_url}/domains", headers=bearer)
    if answer.status_code in MAY_NOT:
        return [ok(NAME, f"it takes the key, which may not ask whether {domain} is verified: see {DOMAINS}")]
    # A mail may also come from below a domain that is verified.
    states = [str(one["status"]) for one in _told(answer) if f".{domain}".endswith(f".{one['name']}")]
    if "verified" in states:
        return [ok(NAME, f"it takes the key; {domain} is verified")]
    seen = f"{domain} is {states[0]}" if states else f"{domain} is no domain of the account"
    return [fail(NAME, f"{seen}: no mail goes out", f"MAIL_FROM, or its DNS records: {DOMAINS}")]


def _told(answer: httpx.Response) -> Sequence[Mapping[str, Any]]:
    if not answer.is_success:
        raise DependencyDown("resend", f"status {answer.status_code}")
    try:
        return [{"name": one["name"], "status": one["status"]} for one in answer.json()["data"]]
    except (ValueError, TypeError, KeyError) as error:
        raise DependencyDown("resend", "an answer that is none of its own") from error


CHECK: Final = Check(NAME, look, mend="RESEND_API_KEY: https://resend.com/api-keys")
