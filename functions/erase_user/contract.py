"""Whose data goes. Asked for by the person, or by an operator for them; nobody else can start it."""

from datetime import timedelta
from typing import Final

from shared.contract import Backoff, Contract, FlowControl, Payload


class EraseUser(Payload):
    user: str
    """The user's id: their address is not kept longer than they are."""


CONTRACT: Final = Contract(
    name="erase_user",
    payload=EraseUser,
    timeout=300,
    deadline=280,
    # Longer than any outage of a service that it needs: what was promised to a person is not given up.
    tries=48,
    backoff=Backoff(first=10, factor=3, cap=6 * 3600),
    max_age=timedelta(days=14),
    flow_control=FlowControl(parallelism=2),
)
