"""The account's plan allows a message QSTASH_MAX_RETRIES retries: one that has them is published, and cancelled.

QStash tells its limits to nobody, and refuses a message that asks for more: with it every publish of the functions.
What is published waits for an hour and is cancelled at once. Were the cancelling lost, a probe would come then.
"""

from collections.abc import Sequence
from typing import Final

from infra.commands.handing_over import CallSettings
from infra.deployed import CALLBACK
from infra.doctor.addresses import function_urls
from infra.doctor.model import Check, Finding, NotTried, fail, ok
from infra.doctor.patient import Patient
from infra.doctor.probing import published
from infra.schedules.account import RefusedByQStash, calling

NAME: Final = "qstash retries"
WAITS: Final = "1h"


async def look(patient: Patient) -> Sequence[Finding]:
    most = patient.settings(CallSettings).qstash_max_retries
    url = (await function_urls(patient))[CALLBACK]
    if url is None:
        raise NotTried(f"{CALLBACK} is not deployed")
    async with patient.qstash() as account:
        try:
            message_id = await published(patient, account, url, retries=most, delay=WAITS)
        except RefusedByQStash as error:
            return [fail(NAME, f"a message with {most} retries is refused ({error.message})", CHECK.mend)]
        async with calling():
            await account.client.message.cancel(message_id)
    return [ok(NAME, f"{most} are allowed")]


CHECK: Final = Check(
    NAME, look, mend="QSTASH_MAX_RETRIES in the stage's file: what the account's plan allows", after="qstash"
)
