"""The door of Resend's webhooks: unsigned events are refused, and those signed with our secret believed.

Signed is an event of a kind that the function does not follow: it is answered, and leaves no record.
"""

import json
from collections.abc import Sequence
from typing import Final

from functions.email_events.event import PATH
from infra.doctor.addresses import api_url
from infra.doctor.checks.api import LIMIT
from infra.doctor.model import Check, Finding, fail, ok
from infra.doctor.patient import Patient
from shared.config import MailEventSettings
from shared.webhooks.signing import key_of, sign

NAME: Final = "mail events"
EVENT: Final = json.dumps({"type": "doctor.probe", "created_at": "1970-01-01T00:00:00.000Z", "data": {}}).encode()


async def look(patient: Patient) -> Sequence[Finding]:
    url = f"{await api_url(patient)}{PATH}"
    unsigned = await patient.asks("api", "POST", url, limit=LIMIT, content=EVENT)
    if unsigned.status_code != 401:
        return [fail(NAME, f"an event that nobody signed is answered {unsigned.status_code}", CHECK.mend)]
    secret = patient.settings(MailEventSettings).resend_webhook_secret.get_secret_value().partition(",")[0].strip()
    name, now = f"doctor_{patient.process.world.token()}", f"{patient.process.world.now():.0f}"
    signature = sign(key_of("RESEND_WEBHOOK_SECRET", secret), name, now, EVENT)
    headers = {"svix-id": name, "svix-timestamp": now, "svix-signature": signature}
    signed = await patient.asks("api", "POST", url, limit=LIMIT, content=EVENT, headers=headers)
    if signed.status_code == 401:
        return [fail(NAME, "the function does not believe what is signed with RESEND_WEBHOOK_SECRET", CHECK.mend)]
    if signed.status_code != 200:
        return [fail(NAME, f"a signed event is answered {signed.status_code}", "see the log of email_events")]
    return [ok(NAME, "unsigned refused, signed believed")]


CHECK: Final = Check(
    NAME,
    look,
    mend="RESEND_WEBHOOK_SECRET: that of https://resend.com/webhooks, here and in what is deployed",
    limit=LIMIT,
    after="api",
)
