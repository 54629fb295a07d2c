"""What one server is told at its start: its plan, its keys, its folder."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

DAY: Final = 86_400
MEGABYTE: Final = 1024 * 1024

# The user that Upstash's own development server has, which tools expect. Public knowledge, hence no secret.
DEVELOPMENT_TOKEN: Final = "eyJVc2VySUQiOiJkZWZhdWx0VXNlciIsIlBhc3N3b3JkIjoiZGVmYXVsdFBhc3N3b3JkIn0="
DEVELOPMENT_CURRENT_KEY: Final = "sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r"
DEVELOPMENT_NEXT_KEY: Final = "sig_5ZB6DVzB1wjE8S6rZ7eenA8Pdnhs"


@dataclass(frozen=True, slots=True)
class Plan:
    """What an account may ask for; times in seconds, sizes in bytes."""

    max_message: int
    max_delay: int
    max_retries: int
    max_timeout: int
    max_queues: int
    max_schedules: int
    dlq_retention: int
    max_batch: int = 100 * MEGABYTE


FREE: Final = Plan(
    max_message=MEGABYTE,
    max_delay=7 * DAY,
    max_retries=3,
    max_timeout=15 * 60,
    max_queues=10,
    max_schedules=10,
    dlq_retention=3 * DAY,
)
PAY_AS_YOU_GO: Final = Plan(
    max_message=10 * MEGABYTE,
    max_delay=365 * DAY,
    max_retries=5,
    max_timeout=2 * 60 * 60,
    max_queues=100,
    max_schedules=1000,
    dlq_retention=7 * DAY,
)


@dataclass(frozen=True, slots=True)
class Settings:
    state: Path
    token: str = DEVELOPMENT_TOKEN
    current_key: str = DEVELOPMENT_CURRENT_KEY
    next_key: str = DEVELOPMENT_NEXT_KEY
    time_scale: float = 1.0
    parallelism: int = 100
    plan: Plan = field(default=PAY_AS_YOU_GO)
