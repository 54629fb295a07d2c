"""The signing keys are the account's.

the account's        ours            deliveries
current, next        current, next   are believed
current = our next   current, next   are believed, until the keys are rotated once more: deploy the new ones
anything else                        are refused
"""

from collections.abc import Sequence
from typing import Final

from infra.doctor.checks.qstash import MEND
from infra.doctor.model import Check, Finding, fail, ok, warn
from infra.doctor.patient import Patient
from infra.schedules.account import calling
from shared.config import VerifySettings

NAME: Final = "signing keys"


async def look(patient: Patient) -> Sequence[Finding]:
    settings = patient.settings(VerifySettings)
    current = settings.qstash_current_signing_key.get_secret_value()
    following = settings.qstash_next_signing_key.get_secret_value()
    async with patient.qstash() as account, calling():
        theirs = await account.client.signing_key.get()
    if (theirs.current, theirs.next) == (current, following):
        return [ok(NAME, "both are the account's")]
    if theirs.current == following:
        seen = "the keys were rotated: the account's current one is our next"
        return [warn(NAME, seen, "store both anew and deploy (docs/changing.md), before they are rotated again")]
    if theirs.current == current:
        return [warn(NAME, "the current one is the account's, the next one is not", CHECK.mend)]
    return [fail(NAME, "neither is the account's current one: every delivery is refused", CHECK.mend)]


CHECK: Final = Check(NAME, look, mend=f"QSTASH_CURRENT_SIGNING_KEY, QSTASH_NEXT_SIGNING_KEY; {MEND}", after="qstash")
