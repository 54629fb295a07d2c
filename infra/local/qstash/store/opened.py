"""The stores together, over one database."""

from dataclasses import dataclass

from infra.local.qstash.settings import Settings
from infra.local.qstash.store.database import Database
from infra.local.qstash.store.dedup import Dedup
from infra.local.qstash.store.dlq import Dlq
from infra.local.qstash.store.events import Events
from infra.local.qstash.store.flows import Flows
from infra.local.qstash.store.keys import Keys, KeyStore
from infra.local.qstash.store.messages import Messages
from infra.local.qstash.store.queues import Queues
from infra.local.qstash.store.schedules import Schedules
from infra.local.qstash.store.topics import Topics


@dataclass(frozen=True, slots=True)
class Store:
    database: Database
    messages: Messages
    events: Events
    dlq: Dlq
    dedup: Dedup
    queues: Queues
    flows: Flows
    topics: Topics
    schedules: Schedules
    keys: KeyStore


def open_store(settings: Settings) -> Store:
    database = Database(settings.state)
    return Store(
        database=database,
        messages=Messages(database),
        events=Events(database),
        dlq=Dlq(database),
        dedup=Dedup(database),
        queues=Queues(database),
        flows=Flows(database),
        topics=Topics(database),
        schedules=Schedules(database),
        keys=KeyStore(database, Keys(settings.current_key, settings.next_key)),
    )
