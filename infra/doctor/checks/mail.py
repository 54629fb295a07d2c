"""A mail is sent, where one is asked for: what no other check can prove is that it arrives."""

from collections.abc import Sequence
from typing import Final

import httpx

from infra.doctor.model import Check, Finding, NotTried, fail, ok
from infra.doctor.patient import Patient
from shared.config import MailSettings
from shared.errors import DependencyDown

NAME: Final = "mail"


async def look(patient: Patient) -> Sequence[Finding]:
    if not patient.mail_to:
        raise NotTried("--mail ADDRESS sends one")
    settings = patient.settings(MailSettings)
    headers = {
        "authorization": f"Bearer {settings.resend_api_key.get_secret_value()}",
        "idempotency-key": f"doctor-{patient.process.world.token()}",
    }
    mail = {
        "from": settings.mail_from,
        "to": [patient.mail_to],
        "subject": f"Millrace's doctor, stage {patient.stage}",
        "text": "Mail of this stage goes out and arrives.",
    }
    answer = await patient.asks("resend", "POST", f"{settings.resend_api_url}/emails", headers=headers, json=mail)
    if answer.status_code >= 500 or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise DependencyDown("resend", f"status {answer.status_code}")
    if not answer.is_success:
        return [fail(NAME, f"refused, status {answer.status_code}", CHECK.mend)]
    return [ok(NAME, f"sent to {patient.mail_to}: look whether it arrives, and not among the unwanted")]


CHECK: Final = Check(NAME, look, mend="MAIL_FROM of a verified domain: https://resend.com/domains", after="resend")
