"""What one Lambda process builds once, each part at its first use, and keeps for all its invocations.

Clients are imported where they are built: a cold start pays for those that its function uses, and for no other.
"""

import asyncio
import os
from collections.abc import Coroutine, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from shared.breakers import Breaker, Change, LocalBreaker, Policy, SharedBreaker
from shared.breakers.circuit import FAILURES, LONGEST
from shared.clock import World
from shared.config import (
    AISettings,
    MongoSettings,
    Part,
    PublishSettings,
    RedisSettings,
    SearchSettings,
    StorageSettings,
    VerifySettings,
    job_urls,
    load,
)
from shared.threads import Threads

if TYPE_CHECKING:
    from shared.ai import Model
    from shared.database import Database
    from shared.qstash_publisher import QStashPublisher
    from shared.redis import Redis
    from shared.search.index import SearchIndex
    from shared.signature import Verifier
    from shared.storage import Storage

T = TypeVar("T")

PUBLISHING_FAILURES: Final = 5
"""In a row: a publish whose retries fail as well is three of them."""


class Process:
    """The composition root of a function. Building a client opens no connection."""

    def __init__(self, service: str, *, world: World | None = None, environ: Mapping[str, str] | None = None) -> None:
        self.service = service
        self.world = world or World()
        self.threads = Threads()
        self._environ = os.environ if environ is None else environ

    @cached_property
    def stage(self) -> Part:
        return load(Part)

    @cached_property
    def log(self) -> Any:
        from shared.observability import logger

        return logger(self.service, self.stage.log_level)

    @cached_property
    def loop(self) -> asyncio.AbstractEventLoop:
        """One loop for the whole life of the process: motor's sockets belong to it, and Mangum looks for it."""
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        return loop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def forget(self) -> None:
        """Let go of what was built, connections and loop included; each part is built anew at its next use."""
        built = vars(self)
        if "database" in built:
            self.database.client.close()
        if "loop" in built:
            self.loop.close()
        for name in [name for name in built if isinstance(getattr(type(self), name, None), cached_property)]:
            del built[name]

    @cached_property
    def database(self) -> "Database":
        from shared.database import connect

        return connect(load(MongoSettings))

    @cached_property
    def redis(self) -> "Redis":
        from shared.redis import Redis
        from shared.retries import Retries

        breaker = LocalBreaker("redis", self.world.monotonic, random=self.world.random, changed=self._tell)
        retries = Retries("redis", world=self.world, log=self.log)
        return Redis(load(RedisSettings), breaker, retries, log=self.log)

    @cached_property
    def storage(self) -> "Storage":
        from shared.retries import Retries
        from shared.storage import Storage

        retries = Retries("storage", world=self.world, log=self.log)
        return Storage(load(StorageSettings), self.threads, self.breaker("storage"), self.world, retries=retries)

    @cached_property
    def ai(self) -> "Model":
        """The model that AI_PROVIDER and AI_MODEL name; its tokens are counted in Redis, its answers kept there."""
        from shared.ai import Model
        from shared.ai.answer_cache import AnswerCache
        from shared.ai.budget import Budget
        from shared.ai.providers import provider
        from shared.retries import Retries

        settings = load(AISettings)
        asked = provider(settings, self.threads, self.world)
        return Model(
            asked,
            Budget(self.redis, tokens_a_day=settings.ai_tokens_a_day),
            AnswerCache(self.redis, self.world, asked.id),
            breaker=self.breaker("ai"),
            retries=Retries("ai", world=self.world, log=self.log),
            world=self.world,
        )

    @cached_property
    def search(self) -> "SearchIndex":
        """Where SEARCH_ENGINE says; its engine is imported here."""
        from shared.search.choosing import search_index

        return search_index(
            load(SearchSettings), self.database, self.storage, self.threads, world=self.world, log=self.log
        )

    def breaker(self, service: str, *, failures: int = FAILURES) -> Breaker:
        """One that all Lambdas share, where this function knows a Redis; its client is built at the first call."""
        if not self._environ.get("UPSTASH_REDIS_REST_URL"):
            return LocalBreaker(
                service,
                self.world.monotonic,
                failures=failures,
                longest=LONGEST,
                random=self.world.random,
                changed=self._tell,
            )
        policy = Policy(failures=failures)
        return SharedBreaker(lambda: self.redis, service, self.world, policy=policy, changed=self._tell)

    def _tell(self, change: Change) -> None:
        from shared.observability import tell_breaker

        tell_breaker(self.log, change)

    @cached_property
    def verify_settings(self) -> VerifySettings:
        return load(VerifySettings)

    @property
    def delivery_url(self) -> str:
        """What QStash must have called; empty for the function's own URL, which its event tells."""
        return self.verify_settings.delivery_url.replace("{function}", self.service)

    @cached_property
    def verifier(self) -> "Verifier":
        from shared.signature import Verifier

        settings = self.verify_settings
        return Verifier(
            current_key=settings.qstash_current_signing_key,
            next_key=settings.qstash_next_signing_key,
            stage=settings.stage,
            now=self.world.now,
            rotated=lambda: self.log.warning("the signing keys were rotated: deploy the new ones"),
        )

    @cached_property
    def publishes(self) -> bool:
        """Whether this function was given what it takes to call QStash."""
        return bool(self._environ.get("QSTASH_TOKEN"))

    def publisher(self, own: Mapping[str, str] | None = None, *, limit: float | None = None) -> "QStashPublisher":
        """QStash, for the jobs that this function may start, and `own`: itself, by its event's URL."""
        from shared.qstash_publisher import CALL_TIMEOUT, QStashPublisher
        from shared.retries import Retries

        return QStashPublisher(
            load(PublishSettings),
            {**job_urls(self._environ), **(own or {})},
            breaker=self.breaker("qstash", failures=PUBLISHING_FAILURES),
            retries=Retries("qstash", world=self.world, log=self.log),
            limit=limit or CALL_TIMEOUT,
        )
