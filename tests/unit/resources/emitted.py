"""Every metric that the code can emit, as CloudWatch would know it: namespace, name and the names of its dimensions."""

import json
import logging
from collections.abc import Iterator
from typing import Any, Final

from shared import observability
from shared.breakers import Change
from shared.observability import NAMESPACE, DeliveryLine, HealthLine

Metric = tuple[str, str, frozenset[str]]

LOG: Final[Any] = logging.getLogger("emitted")


def say_everything() -> None:
    """Calls all that emits, on stdout."""
    for outcome in observability.COUNTED:
        line = DeliveryLine(job="send_email", outcome=outcome, status=200, duration=1, cold_start=False, queue_lag=1)
        observability.report(LOG, line)
    degraded = DeliveryLine(
        job="send_email", outcome="busy", status=200, duration=1, cold_start=True, degraded={"redis": ["counted"]}
    )
    observability.report(LOG, degraded)
    observability.count_degraded("api")
    observability.tell_breaker(LOG, Change("redis", opened=True, shared=False, rest=1, openings=1))
    observability.tell_search(1, 1, 0)
    for kind in observability.HARMFUL:
        observability.tell_mail_event(kind)
    health = HealthLine(
        "healthy", 0, changed=False, why=(), latencies={"redis": 1}, backlogs={"pending": 1}, oldest={"pending": 1}
    )
    observability.tell_health(LOG, health)
    observability.count_relayed()
    observability.tell_deleted("orphan_files", 1, 1)
    observability.tell_cleanup_refused(refused=False)


def metrics(said: str) -> Iterator[Metric]:
    """Those of the EMF lines of an output."""
    for line in map(json.loads, filter(lambda line: line.startswith('{"_aws"'), said.splitlines())):
        for directive in line["_aws"]["CloudWatchMetrics"]:
            assert directive["Namespace"] == NAMESPACE
            for dimensions in directive["Dimensions"]:
                yield from ((NAMESPACE, metric["Name"], frozenset(dimensions)) for metric in directive["Metrics"])
