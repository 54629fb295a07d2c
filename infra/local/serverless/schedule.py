"""The QStash schedules that `serverless.yml` declares under `custom.schedules`.

relay_jobs: "*/5 * * * *"                                                       id and function are the same
sync_search_audit: {function: sync_search, cron: "17 */6 * * *", body: {audit: true}}
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.serverless.document import ServerlessError


@dataclass(frozen=True, slots=True)
class Schedule:
    function: str
    cron: str
    body: str = ""
    """JSON; empty where the function is asked for nothing."""


def read_schedules(declared: Mapping[str, Any]) -> Mapping[str, Schedule]:
    """By id. Raises ServerlessError at the first fault."""
    return {name: _schedule(name, value) for name, value in declared.items()}


def _schedule(name: str, value: Any) -> Schedule:
    match value:
        case str(cron):
            return Schedule(name, cron)
        case {"function": str(function), "cron": str(cron), "body": dict(body)} if len(value) == 3:
            return Schedule(function, cron, json.dumps(body))
    raise ServerlessError(f"custom.schedules.{name}", "is neither a cron expression nor function, cron and body")
