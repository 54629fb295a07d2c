"""The probes of this deployment: clients of their own, of which none has a breaker or tries again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from functions.check_health.checking import Services
from functions.check_health.probes import mongodb, redis, relay, resend, storage
from functions.check_health.probes.unguarded import Unguarded, once
from functions.check_health.probing import LIMIT, Probe
from functions.check_health.telling import Teller
from shared.ai.provider import Provider
from shared.ai.providers import provider
from shared.config import (
    AISettings,
    AlertWebhookSettings,
    HousekeepingSettings,
    MailSettings,
    PublishSettings,
    RedisSettings,
    SearchSettings,
    StorageSettings,
    load,
)
from shared.process import Process
from shared.qstash_publisher import QStashPublisher
from shared.redis import Redis
from shared.search.choosing import search_probe
from shared.storage import Storage

PAID: Final = "bedrock"
"""The provider of models that lists none to a role that may invoke them."""


@dataclass(frozen=True, slots=True)
class Clients:
    redis: Redis
    qstash: QStashPublisher
    storage: Storage
    model: Provider


def clients(process: Process) -> Clients:
    """Opens no connection."""
    world, threads = process.world, process.threads
    return Clients(
        Redis(load(RedisSettings), Unguarded(), once("redis"), limit=LIMIT),
        QStashPublisher(load(PublishSettings), {}, retries=once("qstash")),
        Storage(load(StorageSettings), threads, Unguarded(), world, retries=once("storage")),
        provider(load(AISettings), threads, world),
    )


def services(process: Process, asked: Clients) -> Services:
    database, world = process.database, process.world
    settings = load(HousekeepingSettings)
    probes: Mapping[str, Probe] = {
        "mongodb": mongodb.probe(database, world),
        "redis": redis.probe(asked.redis, world),
        "qstash": asked.qstash.reach,
        "resend": resend.probe(load(MailSettings)),
        "storage": storage.probe(asked.storage, world),
        "ai": asked.model.reach,
        "search": search_probe(load(SearchSettings), database, asked.storage),
        "relay": relay.probe(database, world, time_scale=settings.time_scale),
    }
    return Services(
        database,
        probes,
        costly=frozenset({"ai"} if load(AISettings).ai_provider == PAID else ()),
        teller=Teller(database, world, webhook=bool(load(AlertWebhookSettings).alert_webhook_url)),
        time_scale=settings.time_scale,
    )
