"""The clock of this machine, beside that of a server: what is signed here is believed for some seconds or minutes."""

from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Final

from infra.commands.handing_over import CallSettings
from infra.doctor.model import Check, Finding, NotTried, fail, ok, warn
from infra.doctor.patient import Patient
from shared.errors import DependencyDown
from shared.signature import LIFETIME, TOLERANCE

NAME: Final = "clock"


async def look(patient: Patient) -> Sequence[Finding]:
    url = patient.settings(CallSettings).qstash_url
    before = patient.process.world.now()
    try:
        answer = await patient.asks("qstash", "HEAD", url)
    except DependencyDown as error:
        raise NotTried(error.message) from error  # which is no matter of clocks
    after = patient.process.world.now()
    told = answer.headers.get("date", "")
    try:
        theirs = parsedate_to_datetime(told).timestamp()
    except ValueError:
        raise NotTried("QSTASH_URL tells no time of its own") from None
    # It tells whole seconds, rounded down, of some moment between the two.
    off = max(before - theirs - 1, theirs - after, 0.0)
    if off > LIFETIME:
        return [fail(NAME, f"{off:.0f} s beside QStash's: no signature of this machine is believed", CHECK.mend)]
    if off > TOLERANCE:
        return [warn(NAME, f"{off:.0f} s beside QStash's", CHECK.mend)]
    return [ok(NAME, "as QStash's")]


CHECK: Final = Check(NAME, look, mend="switch on this machine's time synchronisation (timedatectl set-ntp true)")
