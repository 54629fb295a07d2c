"""The dashboard shows what is emitted, and nothing lies on top of anything."""

from itertools import combinations
from typing import Final

from shared.observability import NAMESPACE
from tests.unit.resources.declared import part, shown
from tests.unit.resources.emitted import Metric

AWS: Final = {
    *(
        ("AWS/Lambda", name, frozenset({"FunctionName"}))
        for name in ("Invocations", "Duration", "Errors", "Throttles", "ConcurrentExecutions")
    ),
    *(("AWS/ApiGateway", name, frozenset({"ApiId"})) for name in ("Count", "Latency", "4xx", "5xx")),
}


def test_each_widget_shows_metrics_that_are_emitted(emitted: frozenset[Metric]) -> None:
    found = {widget["properties"]["title"]: set(shown(widget)) for widget in part("custom.dashboard.widgets")}
    assert {title: metrics - emitted - AWS for title, metrics in found.items() if metrics - emitted - AWS} == {}


def test_every_metric_of_ours_is_shown(emitted: frozenset[Metric]) -> None:
    """But for those that others contain: a job's failures, and that turns end."""
    on_it = {metric for widget in part("custom.dashboard.widgets") for metric in shown(widget)}
    left = {name for namespace, name, _ in emitted - on_it if namespace == NAMESPACE} - {name for _, name, _ in on_it}
    assert left == {"HealthChecked", "Relayed", "CleanupRefused"}


def test_no_widget_lies_on_another() -> None:
    places = [(one["x"], one["y"], one["width"], one["height"]) for one in part("custom.dashboard.widgets")]
    for (x, y, width, height), (left, top, wide, high) in combinations(places, 2):
        assert x + width <= left or left + wide <= x or y + height <= top or top + high <= y
    assert all(x + width <= 24 for x, _, width, _ in places)
