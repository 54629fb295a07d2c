"""The parts, in the order in which a stage is set up: what the first deploy needs comes before what needs it."""

from collections.abc import Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from functions.check_health.probes.unguarded import Unguarded, once
from infra.bootstrap.bucket import BucketPart
from infra.bootstrap.flow_control import FlowControlPart
from infra.bootstrap.model import Part
from infra.bootstrap.mongodb import MongoPart
from infra.bootstrap.schedules import SchedulesPart
from infra.bootstrap.webhook import WebhookPart
from infra.commands.stage import service
from shared.config import StorageSettings
from shared.storage.calls import Calls

if TYPE_CHECKING:
    from infra.commands.running import CommandProcess


def parts(process: "CommandProcess") -> Sequence[Part]:
    """Of the stage whose environment this is; each reads its settings when it is asked."""
    declared = cache(partial(service, process.name))

    def calls(settings: StorageSettings) -> Calls:
        return Calls(settings, process.threads, Unguarded(), process.world, once("storage"))

    return [
        BucketPart(calls),
        MongoPart(lambda: process.database),
        FlowControlPart(),
        SchedulesPart(declared),
        WebhookPart(declared),
    ]
