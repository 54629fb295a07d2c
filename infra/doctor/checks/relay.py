"""The relay's cron runs: without it nothing that QStash did not take is ever handed over."""

from collections.abc import Sequence
from typing import Final

from functions.check_health.probes import relay
from infra.doctor.model import Check, Finding, ok, warn
from infra.doctor.patient import Patient
from shared.config import HousekeepingSettings
from shared.errors import DependencyDown

NAME: Final = "relay"


async def look(patient: Patient) -> Sequence[Finding]:
    time_scale = patient.settings(HousekeepingSettings).time_scale
    try:
        await relay.probe(patient.database, patient.process.world, time_scale=time_scale)()
    except DependencyDown as down:
        if down.service != NAME:
            raise
        return [warn(NAME, down.message.removeprefix(f"{NAME}: "), CHECK.mend)]
    return [ok(NAME, "its last turn ended well not long ago")]


CHECK: Final = Check(
    NAME, look, mend="its first turn comes within five minutes of `bootstrap`; then see its log", after="mongodb"
)
