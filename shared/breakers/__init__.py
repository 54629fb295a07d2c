"""Circuit breakers: a service that keeps failing is left alone for a while, and then tried by one caller.

closed ──failures in a row──▶ open ──its rest is over──▶ half-open: one probe ──succeeds──▶ closed
                               ▲                                   └──fails──▶ open
LocalBreaker is one process's, SharedBreaker all Lambdas'. What counts as a failure: breaker.told_by.
"""

from shared.breakers.breaker import Breaker, BreakerOpen, Change, Changed
from shared.breakers.circuit import Policy
from shared.breakers.local import LocalBreaker
from shared.breakers.shared import SharedBreaker

__all__ = ["Breaker", "BreakerOpen", "Change", "Changed", "LocalBreaker", "Policy", "SharedBreaker"]
