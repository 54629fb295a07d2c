"""Logs, metrics and traces by Powertools: one structured line and one set of metrics for each delivery.

What may be said is listed, not what may not: ids, job, attempt, outcome, durations. No payload, token, signature or
body ever reaches a field here; Powertools' own capture of events, answers and exceptions is never used (case 32).
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from shared.breakers import Change

NAMESPACE: Final = "Millrace"
DEGRADED: Final = "Degraded"

COUNTED: Final = {
    "succeeded": "Succeeded",
    "failed": "Failed",
    "expired": "Failed",
    "exhausted": "Failed",
    "done": "Duplicate",
    "failed_before": "Duplicate",
    "busy": "Duplicate",
    "superseded": "Duplicate",
    "retrying": "Retried",
}
"""What a delivery's outcome adds one to. `Failed` counts the ends of runs, so that each run is counted once."""

HARMFUL: Final = {"bounced": "MailsBounced", "complained": "MailsComplained"}
"""Kinds of events that cost the sender its name."""

HEALTH_CHECKED: Final = "HealthChecked"
RELAYED: Final = "Relayed"
"""Count the turns of the checks and of the relay that have ended, by stage: alarms watch that they do not cease
(infra/resources/alarms.yml), and an account may hold several stages.
"""
HEALTH_STATUS: Final = "HealthStatus"
CLEANUP_REFUSED: Final = "CleanupRefused"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """What is said of one delivery, whatever came of it. Durations in milliseconds."""

    job: str
    outcome: str
    status: int
    duration: int
    cold_start: bool
    run: str | None = None
    attempt: int | None = None
    leg: int | None = None
    epoch: int | None = None
    message_id: str | None = None
    reason: str | None = None
    queue_lag: int | None = None
    degraded: Mapping[str, Sequence[str]] | None = None
    """What was done instead, by the service that was away (shared/degraded.py)."""


def logger(service: str, level: str) -> Logger:
    """Pure ASCII: a job's text may hold line separators, terminal codes, or what stdout can't encode at all."""
    return Logger(
        service=service,
        level=level,
        log_uncaught_exceptions=False,
        utc=True,
        json_serializer=partial(json.dumps, default=str, separators=(",", ":"), ensure_ascii=True),
    )


def report(log: Logger, line: DeliveryLine) -> None:
    """One line, and EMF metrics by job."""
    fields = {name: value for name, value in asdict(line).items() if value is not None}
    (log.error if line.status == 500 else log.info)("delivery", extra=fields)
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_dimension("job", line.job)
    metrics.add_metric("Duration", MetricUnit.Milliseconds, line.duration)
    if (counted := _counted(line)) is not None:
        metrics.add_metric(counted, MetricUnit.Count, 1)
    if line.queue_lag is not None:
        metrics.add_metric("QueueLag", MetricUnit.Milliseconds, line.queue_lag)
    if line.degraded:
        metrics.add_metric(DEGRADED, MetricUnit.Count, 1)
    metrics.flush_metrics()


def count_degraded(function: str) -> None:
    """One request of a function that is no job; by `job` all the same, so that one alarm sees all functions."""
    _count(DEGRADED, "job", function)


def tell_breaker(log: Any, change: Change) -> None:
    """One line, and a metric when it opened."""
    said: dict[str, Any] = {"service": change.service, "shared": change.shared}
    if not change.opened:
        log.warning("breaker closed", extra={"breaker": said})
        return
    said |= {"rest": round(change.rest, 1), "openings": change.openings}
    log.warning("breaker opened", extra={"breaker": said})
    _count("BreakerOpened", "dependency", change.service)


def tell_search(lag: int, indexed: int, drift: int | None) -> None:
    """Of a turn of the search index's sync: the longest that a change has waited (ms), what was brought in, and, where
    both sides were compared, how many documents differed: none as well, so that an alarm has data.
    """
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_metric("SearchLag", MetricUnit.Milliseconds, lag)
    metrics.add_metric("SearchIndexed", MetricUnit.Count, indexed)
    if drift is not None:
        metrics.add_metric("SearchDrift", MetricUnit.Count, drift)
    metrics.flush_metrics()


def tell_mail_event(kind: str) -> None:
    """One event of a mail (shared/mail/delivery.py); what costs the sender its name is counted for itself as well."""
    _count("MailEvents", "kind", kind)
    if kind in HARMFUL:
        metrics = EphemeralMetrics(namespace=NAMESPACE)
        metrics.add_metric(HARMFUL[kind], MetricUnit.Count, 1)
        metrics.flush_metrics()


@dataclass(frozen=True, slots=True)
class HealthLine:
    """What is said of one turn of the checks. Latencies in milliseconds, by dependency."""

    status: str
    badness: int
    """The status as a number: 0 healthy, 1 degraded, 2 down."""
    changed: bool
    why: Sequence[str]
    latencies: Mapping[str, int]
    backlogs: Mapping[str, int]
    """How many wait, of those backlogs that are not empty."""


def tell_health(log: Any, stage: str, line: HealthLine) -> None:
    """One line, and metrics: that a turn has ended, what it says of the whole, and how quick each dependency was."""
    said = {"status": line.status, "changed": line.changed, "why": list(line.why)}
    numbers = {"latencies": dict(line.latencies), "backlogs": dict(line.backlogs)}
    (log.warning if line.badness else log.info)("health", extra={"health": {**said, **numbers}})
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_dimension("stage", stage)
    metrics.add_metric(HEALTH_CHECKED, MetricUnit.Count, 1)
    metrics.add_metric(HEALTH_STATUS, MetricUnit.NoUnit, line.badness)
    metrics.flush_metrics()
    for dependency, latency in line.latencies.items():
        metrics = EphemeralMetrics(namespace=NAMESPACE)
        metrics.add_dimension("dependency", dependency)
        metrics.add_metric("ProbeLatency", MetricUnit.Milliseconds, latency)
        metrics.flush_metrics()


def count_relayed(stage: str) -> None:
    """One turn of the relay that has ended."""
    _count(RELAYED, "stage", stage)


def tell_deleted(reason: str, count: int, size: int) -> None:
    """Of a batch of the cleanup: objects that are gone, and their bytes."""
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_dimension("reason", reason)
    metrics.add_metric("BlobsDeleted", MetricUnit.Count, count)
    metrics.add_metric("BytesFreed", MetricUnit.Bytes, size)
    metrics.flush_metrics()


def tell_cleanup_refused(stage: str, *, refused: bool) -> None:
    """Whether a cleanup of the bucket would have deleted more than it may: not as well, so that its alarm has data."""
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_dimension("stage", stage)
    metrics.add_metric(CLEANUP_REFUSED, MetricUnit.Count, int(refused))
    metrics.flush_metrics()


def _count(metric: str, dimension: str, value: str) -> None:
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_dimension(dimension, value)
    metrics.add_metric(metric, MetricUnit.Count, 1)
    metrics.flush_metrics()


def _counted(line: DeliveryLine) -> str | None:
    worked = line.queue_lag is not None
    if line.outcome == "busy" and worked:
        return "Retried"  # its own thread is what keeps it busy: the run will be worked on again
    return COUNTED.get(line.outcome)


@contextmanager
def traced(name: str, **annotations: str | int) -> Iterator[None]:
    """An X-Ray subsegment, where tracing is on; the SDK is imported only then.

    Opened and closed by hand: the SDK's own context manager keeps an exception's text in the trace.
    """
    if os.environ.get("POWERTOOLS_TRACE_DISABLED", "").lower() in {"1", "true"}:
        yield
        return
    from aws_lambda_powertools import Tracer

    tracer: Any = Tracer(service=name, auto_patch=False)
    subsegment = tracer.provider.begin_subsegment(f"## {name}")
    try:
        for key, value in annotations.items():
            tracer.put_annotation(key, value)
        yield
    finally:
        if subsegment is not None:
            tracer.provider.end_subsegment()
