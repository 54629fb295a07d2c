"""Idempotency keys: one payload, one answer, for as long as Resend keeps a key.

    the key is ...       same payload               another payload
    unknown, expired     runs, answer is kept       runs, answer is kept
    in flight            409 concurrent_...         409 concurrent_...
    kept                 the kept answer            409 invalid_idempotent_request

Only answers of accepted calls are kept: a refused call may come again under its key. What is in flight is
known to this process alone, so that a kill frees it.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import Headers

from infra.local.resend.errors import ApiError
from infra.local.resend.store import KeptAnswer, Store

MAX_KEY: Final = 256


@dataclass(slots=True)
class Held:
    """One call's hold on its key. `answer` is there when an earlier call has done the work."""

    key: str | None
    fingerprint: str
    answer: dict[str, Any] | None = None
    calls: int = 1
    """How many calls named the key so far, those refused meanwhile included."""


class Idempotency:
    def __init__(self, store: Store, *, now: Callable[[], float], window: float) -> None:
        """`window` is how many seconds a key lives."""
        self._store = store
        self._now = now
        self._window = window
        self._in_flight: dict[str, Held] = {}

    @contextmanager
    def hold(self, key: str | None, fingerprint: str) -> Iterator[Held]:
        """The key, kept from others until the block ends; raises the two conflicts."""
        if key is None:
            yield Held(None, fingerprint)
            return
        if (kept := self._alive(key)) is not None:
            yield self._again(kept, fingerprint)
            return
        if (running := self._in_flight.get(key)) is not None:
            running.calls += 1
            raise ApiError(
                409,
                "concurrent_idempotent_requests",
                "Same idempotency key used while original request is still in progress.",
            )
        held = self._in_flight[key] = Held(key, fingerprint)
        try:
            yield held
        finally:
            del self._in_flight[key]

    def _alive(self, key: str) -> KeptAnswer | None:
        kept = self._store.recall(key)
        return kept if kept is not None and self._now() < kept.created_at + self._window else None

    def _again(self, kept: KeptAnswer, fingerprint: str) -> Held:
        with self._store.transaction():
            self._store.count_call(kept)
        if kept.fingerprint != fingerprint:
            raise ApiError(
                409,
                "invalid_idempotent_request",
                "Same idempotency key used with a different request payload.",
            )
        return Held(kept.key, fingerprint, kept.answer)


def key_of(headers: Headers) -> str | None:
    key = headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= MAX_KEY:
        raise ApiError(400, "invalid_idempotency_key", f"The key must be between 1-{MAX_KEY} chars.")
    return key


def fingerprint_of(*parts: object) -> str:
    """What a payload is recognised by; the order of a JSON object's fields makes no difference."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
