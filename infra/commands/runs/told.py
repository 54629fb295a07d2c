"""A run as data for programs: what `GET /v1/jobs/{id}` says, and what only an operator needs to know."""

from collections.abc import Mapping
from typing import Any

from functions.api.run_view import view
from functions.registry import contracts
from shared.runs.model import Run


def as_data(run: Run) -> Mapping[str, Any]:
    """The payload is masked, as there."""
    said = view(run, contracts().get(run.job)).model_dump(mode="json")
    return {
        **said,
        "key": run.key,
        "tries": run.tries,
        "leg": run.leg,
        "epoch": run.epoch,
        "revivals": run.revivals,
        "message_id": run.message_id,
        "dlq_id": run.dlq_id,
    }
