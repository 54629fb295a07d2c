"""Counts of how often or how much, by window: counters that only count, and quotas that refuse what is over.

    total = await Counters(redis).add("mails sent", user, by=3, window=DAY)
    taken = await Quotas(redis).take(Quota(name="ai tokens", limit=50_000, window=DAY, away=Away.CLOSED), user, 1_200,
                                     token=run_id)

    window    ├───── 2026-11-23 UTC ─────┤├───── 2026-11-24 UTC ─────┤
    Redis     {window, total}  expires ──▶│ (a reader after that finds nothing)

Windows begin at whole multiples of their length since 1970, by Redis' clock; a clock that is set back stays in the
window that it had reached, and counts anew when it was ahead by more than a window. Each call is one script and one
round trip. When Redis is away a counter raises DependencyDown; a quota does what it declares. What Redis loses is not
counted any more: a quota bounds costs, and is no account book.
"""

from shared.counters.counters import CounterFull, Counters
from shared.counters.quotas import Away, Quota, Quotas, Taken
from shared.counters.windows import DAY, HOUR, MINUTE, Window

__all__ = ["DAY", "HOUR", "MINUTE", "Away", "CounterFull", "Counters", "Quota", "Quotas", "Taken", "Window"]
