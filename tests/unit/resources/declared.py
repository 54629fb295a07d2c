"""Parts of serverless.yml, resolved for a stage, and what alarms and dashboard watch."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from infra.local.serverless import load_document
from infra.local.serverless.variables import Resolver
from tests.unit.resources.emitted import Metric

ROOT: Final = Path(__file__).parents[3]
STAGES: Final = ("dev", "staging", "prod")

_SEARCH: Final = re.compile(r"""SEARCH\('\{(?P<schema>[^}]+)\} MetricName="(?P<name>\w+)" [^']+', '\w+', \d+\)""")


def part(address: str, stage: str = "staging") -> Any:
    return Resolver(load_document(ROOT / "serverless.yml"), folder=ROOT, stage=stage, env={}).at(address)


def resources(stage: str = "staging") -> Mapping[str, Any]:
    """Of infra/resources/alarms.yml."""
    found: Mapping[str, Any] = part("resources", stage)[0]["Resources"]
    return found


def alarms(stage: str = "staging") -> Mapping[str, Mapping[str, Any]]:
    """The stage's own, and those of each function."""
    made = {**resources(stage), **part("custom.eachFunction", stage)}
    return {name: one["Properties"] for name, one in made.items() if one["Type"] == "AWS::CloudWatch::Alarm"}


def watched(alarm: Mapping[str, Any]) -> Metric:
    return alarm["Namespace"], alarm["MetricName"], frozenset(one["Name"] for one in alarm["Dimensions"])


def shown(widget: Mapping[str, Any]) -> Iterator[Metric]:
    """What one widget shows. A metric is a list: namespace, name, dimensions and their values, how it is drawn."""
    for namespace, *rest in widget["properties"]["metrics"]:
        if isinstance(namespace, Mapping):
            search = _SEARCH.fullmatch(namespace["expression"])
            assert search is not None, namespace
            space, *dimensions = search["schema"].split(",")
            yield space, search["name"], frozenset(dimensions)
        else:
            name, *pairs = (one for one in rest if isinstance(one, str))
            yield namespace, name, frozenset(pairs[::2])
