"""Upstash Redis over REST: every call has an end, no command is repeated blindly, several steps are one script.

    redis = Redis(settings, LocalBreaker("redis", monotonic))
    await redis.call("SET", "key", "value", "EX", 60)
    await redis.run(TAKE, keys=["lock:a"], args=[owner, 30_000])      # TAKE = Script("return ...")

Whatever goes wrong is DependencyDown: the command may or may not have been applied, so what is sent must be fit to
be sent again, or its caller must not care. What the SDK (upstash-redis 1.8.0) does otherwise:

    the SDK                                                       here
    waits for ever                                                a limit, and never past the deadline
    sends a command again after 3 s, INCR and SET NX as well      sends it once
    EVALSHA of an unknown script is an error                      falls back to EVAL, which teaches it
    AttributeError, KeyError, raw httpx errors, bytes refused     DependencyDown; text only, by type
    401 and 500 look like a command's refusal                     an outage, and a breaker counts it
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import httpx
from upstash_redis.asyncio import Redis as UpstashRedis
from upstash_redis.errors import UpstashError

from shared import deadline
from shared.breakers import Breaker
from shared.config import RedisSettings
from shared.errors import DependencyDown
from shared.retries import Retries
from shared.script import Script
from shared.script_answers import another_form

__all__ = ["CALL_TIMEOUT", "Redis", "Script", "Word"]

CALL_TIMEOUT: Final = 2.0
"""Seconds for a call whose caller names none."""
UNKNOWN_SCRIPT: Final = "NOSCRIPT"
UNFIT: Final = re.compile(
    r"(?:^|: -?)(?:LOADING|OOM|READONLY|BUSY|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|MISCONF|NOAUTH|WRONGPASS|NOPERM)(?!\w)"
    r"|(?:limit|connections|quota) exceeded"
)
"""Refusals of a Redis that serves nobody for now; any other is about the one command, and opens no breaker.

A code stands at the beginning, or where a script passes on what a command of it met; elsewhere it may be quoted.
https://upstash.com/docs/redis/troubleshooting
"""
TURNED_AWAY: Final = frozenset({401, 403, 408, 429})
"""With 5xx: answers that are about no command, whatever they say. The SDK reads their words and loses the status."""
CODE: Final = re.compile(r"[A-Z]{1,20}(?= )")
PLACE: Final = re.compile(r"user_script:(\d{1,6})")

Word = str | int | float


class Redis:
    """One database. Building it opens no connection; connections are kept between calls for some seconds."""

    def __init__(
        self,
        settings: RedisSettings,
        breaker: Breaker,
        retries: Retries | None = None,
        *,
        limit: float = CALL_TIMEOUT,
        log: Any = None,
    ) -> None:
        """`log` is told of commands and scripts of ours that Redis refuses: a fallback would hide them for ever."""
        self.sdk = UpstashRedis(
            url=settings.upstash_redis_rest_url,
            token=settings.upstash_redis_rest_token.get_secret_value(),
            rest_retries=0,
            allow_telemetry=False,
        )
        """For libraries that take the SDK's client (upstash-ratelimit); use it inside `guarded`."""
        client: httpx.AsyncClient = self.sdk._http._client  # noqa: SLF001 - the one place where the status can be seen
        client.event_hooks["response"].append(_not_turned_away)
        self._breaker = breaker
        self._retries = retries or Retries("redis")
        self._limit = limit
        self._log = log

    async def call(self, *command: Word, within: float | None = None) -> Any:
        """One command's result, as Redis gives it."""
        async with self.guarded(within):
            return await self.sdk.execute(list(command))

    async def run(
        self,
        script: Script,
        *,
        keys: Sequence[str] = (),
        args: Sequence[Word] = (),
        within: float | None = None,
        repeatable: bool = False,
    ) -> Any:
        """The script's result: one round trip, two where Redis does not know the script.

        `repeatable` says that running it twice is as good as once: then a failure is tried again (shared/retries.py).
        """
        given: list[Word] = [len(keys), *keys, *args]
        if repeatable:
            return await self._retries(lambda: self._run(script, given, within))
        return await self._run(script, given, within)

    async def _run(self, script: Script, given: Sequence[Word], within: float | None) -> Any:
        async with self.guarded(within):
            try:
                return await self.sdk.execute(["EVALSHA", script.sha, *given])
            except UpstashError as error:
                if not str(error).startswith(UNKNOWN_SCRIPT):
                    raise
            return await self.sdk.execute(["EVAL", script.text, *given])

    @asynccontextmanager
    async def guarded(self, within: float | None = None) -> AsyncIterator[None]:
        """Stands around calls of the SDK: DependencyDown when they fail or are not through in time."""
        async with self._breaker.guard():
            allowed = self._limit if within is None else within
            seconds = deadline.at_most(allowed)
            try:
                async with asyncio.timeout(seconds):
                    yield
            except TimeoutError as error:
                why = f"no answer in {seconds:.3g} s"
                raise DependencyDown("redis", why, its_fault=seconds >= allowed) from error
            except httpx.HTTPError as error:
                raise DependencyDown("redis", type(error).__name__) from error
            except UpstashError as error:
                unfit = UNFIT.search(str(error)) is not None
                if not unfit:
                    self._tell(str(error))
                raise DependencyDown("redis", "refused the command", its_fault=unfit) from error
            # What the SDK makes of an answer in another form; `assert` and deep nesting are among it.
            except (AttributeError, KeyError, ValueError, TypeError, AssertionError, RecursionError) as error:
                raise another_form() from error

    def _tell(self, refusal: str) -> None:
        """Code and line alone: the rest may quote a key or a value."""
        if self._log is not None:
            code, place = CODE.match(refusal), PLACE.search(refusal)
            told = {"code": code[0] if code else None, "script_line": int(place[1]) if place else None}
            self._log.error("redis refused a command of ours", extra=told)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self.sdk.close()


async def _not_turned_away(response: httpx.Response) -> None:
    """Raises httpx.HTTPStatusError, which is an outage, before the SDK takes the answer for a command's refusal."""
    if response.status_code in TURNED_AWAY or response.status_code >= 500:
        response.raise_for_status()
