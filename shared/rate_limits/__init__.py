"""How often something may be done: upstash-ratelimit's sliding window on Redis' time, one Redis call a question.

    SIGN_IN = Limit("sign-in", requests=5, seconds=900, away=Away.LOCAL)
    decision = await limits.ask(SIGN_IN, "ada@example.com")
    if not decision.allowed: ...                        # worth asking again in decision.retry_after seconds

When Redis is away each limit holds in the way that it declares: see `Away`.
"""

from shared.rate_limits.model import Away, Decision, Limit, RateLimits
from shared.rate_limits.on_redis import RedisRateLimits

__all__ = ["Away", "Decision", "Limit", "RateLimits", "RedisRateLimits"]
