"""Logs and metrics by Powertools: one structured line and one set of metrics for each delivery.

What may be said is listed, not what may not: ids, job, attempt, outcome, durations. No payload, token, signature or
body ever reaches a field here; Powertools' own capture of events, answers and exceptions is never used (case 32).

Every metric has the stage as a dimension, since an account may hold several; alarms and dashboard
(infra/resources) name metric and dimensions as they are here, and a test holds the two together.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from shared.breakers import Change

NAMESPACE: Final = "Millrace"
DEGRADED: Final = "Degraded"
FAILED: Final = "Failed"
REJECTED: Final = "Rejected"
"""Signed by our QStash, and understood by no function: QStash keeps it in its dead letters, and no run fails by it."""

COUNTED: Final = {
    "succeeded": "Succeeded",
    "failed": FAILED,
    "expired": FAILED,
    "exhausted": FAILED,
    "done": "Duplicate",
    "failed_before": "Duplicate",
    "busy": "Duplicate",
    "superseded": "Duplicate",
    "retrying": "Retried",
    "malformed": REJECTED,
    "foreign": REJECTED,
}
"""What a delivery's outcome adds one to. `Failed` counts the ends of runs, so that each run is counted once."""

SUMMED: Final = frozenset({FAILED, REJECTED})
"""Counted for the stage as a whole too: an alarm can't add up jobs that it doesn't know."""

HARMFUL: Final = {"bounced": "MailsBounced", "complained": "MailsComplained"}
"""Kinds of events that cost the sender its name."""

HEALTH_CHECKED: Final = "HealthChecked"
RELAYED: Final = "Relayed"
"""Count the turns of the checks and of the relay that have ended: alarms watch that they do not cease."""
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
    said = [_Value("Duration", line.duration, MetricUnit.Milliseconds)]
    counted = _counted(line)
    if counted is not None:
        said.append(_Value(counted, 1))
    if line.queue_lag is not None:
        said.append(_Value("QueueLag", line.queue_lag, MetricUnit.Milliseconds))
    if line.degraded:
        said.append(_Value(DEGRADED, 1))
    _emit(*said, job=line.job)
    if counted in SUMMED:
        _emit(_Value(counted, 1))


def count_degraded(function: str) -> None:
    """One request of a function that is no job; by `job` all the same, so that one graph shows all functions."""
    _emit(_Value(DEGRADED, 1), job=function)


def tell_breaker(log: Any, change: Change) -> None:
    """One line, and a metric when it opened."""
    said: dict[str, Any] = {"service": change.service, "shared": change.shared}
    if not change.opened:
        log.warning("breaker closed", extra={"breaker": said})
        return
    said |= {"rest": round(change.rest, 1), "openings": change.openings}
    log.warning("breaker opened", extra={"breaker": said})
    _emit(_Value("BreakerOpened", 1), dependency=change.service)


def tell_search(lag: int, indexed: int, drift: int | None) -> None:
    """Of a turn of the search index's sync: the longest that a change has waited (ms), what was brought in, and, where
    both sides were compared, how many documents differed: none as well, so that an alarm has data.
    """
    said = [_Value("SearchLag", lag, MetricUnit.Milliseconds), _Value("SearchIndexed", indexed)]
    _emit(*said, *([] if drift is None else [_Value("SearchDrift", drift)]))


def tell_mail_event(kind: str) -> None:
    """One event of a mail (shared/mail/delivery.py); what costs the sender its name is counted for itself as well."""
    _emit(_Value("MailEvents", 1), kind=kind)
    if kind in HARMFUL:
        _emit(_Value(HARMFUL[kind], 1))


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
    oldest: Mapping[str, int]
    """Seconds that the oldest of each of them has waited."""


def tell_health(log: Any, line: HealthLine) -> None:
    """One line, and metrics: that a turn has ended, what it says of the whole, how quick each dependency was, and what
    waits.
    """
    said = {"status": line.status, "changed": line.changed, "why": list(line.why)}
    numbers = {name: dict(getattr(line, name)) for name in ("latencies", "backlogs", "oldest")}
    (log.warning if line.badness else log.info)("health", extra={"health": {**said, **numbers}})
    _emit(_Value(HEALTH_CHECKED, 1), _Value(HEALTH_STATUS, line.badness, MetricUnit.NoUnit))
    for dependency, latency in line.latencies.items():
        _emit(_Value("ProbeLatency", latency, MetricUnit.Milliseconds), dependency=dependency)
    for backlog, count in line.backlogs.items():
        waited = line.oldest.get(backlog, 0)
        _emit(_Value("Waiting", count), _Value("OldestWaiting", waited, MetricUnit.Seconds), backlog=backlog)


def count_relayed() -> None:
    """One turn of the relay that has ended."""
    _emit(_Value(RELAYED, 1))


def tell_deleted(reason: str, count: int, size: int) -> None:
    """Of a batch of the cleanup: objects that are gone, and their bytes."""
    _emit(_Value("BlobsDeleted", count), _Value("BytesFreed", size, MetricUnit.Bytes), reason=reason)


def tell_cleanup_refused(*, refused: bool) -> None:
    """Whether a cleanup of the bucket would have deleted more than it may: not as well, so that its alarm has data."""
    _emit(_Value(CLEANUP_REFUSED, int(refused)))


@dataclass(frozen=True, slots=True)
class _Value:
    metric: str
    value: float
    unit: MetricUnit = MetricUnit.Count


def _emit(*values: _Value, **dimensions: str) -> None:
    """One EMF line, of the stage that the process runs in."""
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    for name, of in {"stage": os.environ.get("STAGE", "local"), **dimensions}.items():
        metrics.add_dimension(name, of)
    for one in values:
        metrics.add_metric(one.metric, one.unit, one.value)
    metrics.flush_metrics()


def _counted(line: DeliveryLine) -> str | None:
    worked = line.queue_lag is not None
    if line.outcome == "busy" and worked:
        return "Retried"  # its own thread is what keeps it busy: the run will be worked on again
    return COUNTED.get(line.outcome)
