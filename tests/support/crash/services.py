"""Starts those of the hosted APIs' local servers that a function needs, and ends them."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.servers import bucket, objects, redis

NAMES: Final = {
    "UPSTASH_REDIS_REST_URL": "http://redis.invalid",
    "QSTASH_URL": "http://qstash.invalid",
    "RESEND_API_URL": "http://resend.invalid",
    "STORAGE_ENDPOINT": "http://storage.invalid",
    "AI_URL": "http://ai.invalid",
}
"""By the variable that holds its address, with what stands there for a service that nobody needs."""

READY: Final = 60.0
PACE: Final = 100
"""What QStash's own waits are divided by."""


@contextmanager
def start_services(needed: frozenset[str], folder: Path) -> Iterator[Mapping[str, str]]:
    """Their addresses, by variable, while it is entered."""
    logs = folder / "logs"
    with ExitStack() as stop:

        def ours(name: str, *options: str) -> str:
            child = processes.start(
                name, processes.module(f"infra.local.{name}", *options), log_dir=logs, timeout=READY
            )
            stop.callback(child.stop)
            return f"http://{LOOPBACK}:{child.port}"

        def upstash() -> str:
            running = redis.start(folder / "redis", log_dir=logs)
            stop.callback(running.stop)
            return ours("upstash", "--redis", running.address, "--token", "local-redis-token")

        def storage() -> str:
            running = objects.start(
                folder / "objects", log_dir=logs, access_key=bucket.ACCESS_KEY, secret_key=bucket.SECRET_KEY
            )
            stop.callback(running.stop)
            bucket.make(running.endpoint, {})
            return running.endpoint

        starters: Mapping[str, Callable[[], str]] = {
            "UPSTASH_REDIS_REST_URL": upstash,
            "QSTASH_URL": lambda: ours("qstash", "--state", str(folder / "qstash"), "--time-scale", str(PACE)),
            "RESEND_API_URL": lambda: ours("resend", "--state", str(folder / "resend"), "--rate", "0"),
            "STORAGE_ENDPOINT": storage,
            "AI_URL": lambda: ours("ai", "--key", "local-ai-key"),
        }
        with ThreadPoolExecutor(len(starters)) as pool:
            started = {variable: pool.submit(starters[variable]) for variable in sorted(needed)}
        yield {variable: future.result() for variable, future in started.items()}
