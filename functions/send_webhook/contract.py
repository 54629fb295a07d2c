"""One webhook: whom to tell, and of what. What is told is read when it is sent; URLs and secrets are never here."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field

from shared.contract import Backoff, Contract, FlowControl, Payload


class RunEnded(Payload):
    """To the server that started the run: to its key's webhook."""

    kind: Literal["job.ended"] = "job.ended"
    key: str
    """The id of its API key."""
    run: str


class HealthChanged(Payload):
    """To the operators' webhook: ALERT_WEBHOOK_URL."""

    kind: Literal["health.changed"] = "health.changed"
    was: str
    status: str
    """Healthy, degraded or down."""
    since: AwareDatetime
    why: tuple[str, ...] = ()
    """A line each: which dependency or backlog, and what of it."""


class SendWebhook(Payload):
    event: Annotated[RunEnded | HealthChanged, Field(discriminator="kind")]


CONTRACT: Final = Contract(
    name="send_webhook",
    payload=SendWebhook,
    timeout=30,
    deadline=24,
    tries=8,
    # 15 s, 1 min, 4 min, 16 min, then every hour: a receiver may be away for half a night.
    backoff=Backoff(first=15, factor=4, cap=3600),
    max_age=timedelta(days=1),
    flow_control=FlowControl(parallelism=5),
    # A receiver's fault is its own, and it is told by nothing else than its log; operators would be told of each.
    raises_alert=False,
)
