"""Circuit breakers: a service that keeps failing is left alone for a while, and then tried by one caller.

closed ──failures in a row──▶ open ──its rest is over──▶ half-open: one probe ──succeeds──▶ closed
▲                                  └──fails──▶ open
"""

from shared.breakers.breaker import Breaker, BreakerOpen
from shared.breakers.local import LocalBreaker

__all__ = ["Breaker", "BreakerOpen", "LocalBreaker"]
