"""A turn of the checks: a cron on a record of its own, so that two never judge at once (case 20)."""

from typing import Final

from shared.contract import Backoff, Contract, Payload


class CheckHealth(Payload):
    """A turn is asked for nothing: what is probed is what this deployment stands on."""


CONTRACT: Final = Contract(
    name="check_health",
    payload=CheckHealth,
    timeout=60,
    deadline=50,
    # A turn that failed is repeated soon, and is no later than the next one.
    backoff=Backoff(first=10, factor=3, cap=90),
    singleton=True,
    raises_alert=False,  # the alarm on missing data tells of checks that do not run
)
