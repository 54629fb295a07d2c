"""Why a worker gave no answer. Asking again would come to the same, so all are permanent."""

from collections.abc import Mapping
from typing import Any, Literal

from shared.errors import PermanentError

Budget = Literal["time", "memory"]


class OverBudget(PermanentError):
    code = "over_budget"

    def __init__(self, budget: Budget, allowed: str) -> None:
        super().__init__(f"it takes more {budget} than the {allowed} that it may have", budget=budget)
        self.budget: Budget = budget


class WorkerDied(PermanentError):
    """`status` is the process's own: minus the signal's number, where one ended it."""

    code = "worker_died"

    def __init__(self, status: int) -> None:
        super().__init__(f"it ends the process that works on it (status {status})", status=status)
        self.status = status

    @property
    def by_itself(self) -> bool:
        """It ended rather than was ended, as where it can't even be imported: the doing of no request."""
        return self.status >= 0


class Declined(PermanentError):
    """The function in the worker said no; `reason` is a word of its own, `data` its figures."""

    code = "declined"

    def __init__(self, reason: str, data: Mapping[str, Any]) -> None:
        super().__init__(f"declined: {reason}", reason=reason, **data)
        self.reason = reason
