"""QStash takes the token."""

from collections.abc import Sequence
from typing import Final

from infra.doctor.model import Check, Finding, ok
from infra.doctor.patient import Patient
from infra.schedules.account import calling

NAME: Final = "qstash"
MEND: Final = "QSTASH_TOKEN, and QSTASH_URL of the account's region: https://console.upstash.com/qstash"


async def look(patient: Patient) -> Sequence[Finding]:
    async with patient.qstash() as account, calling():
        queues = await account.client.queue.list()
    return [ok(NAME, f"it takes the token; {len(queues)} queues")]


CHECK: Final = Check(NAME, look, mend=MEND)
