"""Limits that let pass, and tell who was counted."""

from shared.errors import DependencyDown
from shared.rate_limits import Decision, Limit, RateLimits


class Counted(RateLimits):
    """Lets all but `refused` pass, and remembers who was counted by the name of the limit."""

    def __init__(self, refused: Limit | None = None) -> None:
        self.who: list[tuple[str, str]] = []
        self.given_back: list[str] = []
        self._refused = refused

    async def ask(self, limit: Limit, who: str, *, away: DependencyDown | None = None) -> Decision:
        self.who.append((limit.name, who))
        if limit is self._refused:
            return Decision(limit, allowed=False, remaining=0, reset=77, retry_after=77)
        return Decision(limit, allowed=True, remaining=3, reset=9, counted_at="somewhere")

    async def give_back(self, decision: Decision) -> None:
        self.given_back.append(decision.limit.name)

    def of(self, limit: Limit | None) -> list[str]:
        assert limit is not None
        return [who for name, who in self.who if name == limit.name]
