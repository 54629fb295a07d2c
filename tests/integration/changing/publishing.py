"""Who starts the job: what the API does with a caller's request, in this process, by one version of the contract."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from pydantic import SecretStr

from shared.clock import World
from shared.config import PublishSettings
from shared.contract import Contract
from shared.database import Database
from shared.enqueue import Enqueuer
from shared.qstash_publisher import QStashPublisher
from tests.integration.changing.jobs.one.contract import CONTRACT as ONE
from tests.integration.changing.jobs.two.contract import CONTRACT as TWO

JOB: Final = ONE.name
CONTRACTS: Final[Mapping[str, Contract[Any]]] = MappingProxyType(
    {"one": ONE, "between": replace(TWO, writes=1), "two": TWO}
)


@dataclass(frozen=True)
class Caller:
    id: str = "ada"
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Starter:
    contract: Contract[Any]
    enqueuer: Enqueuer

    async def start(self, name: str, way: str) -> str:
        """The run's id. It is accepted, whether QStash takes it or not."""
        assert self.contract.public
        asked = self.contract.public.model.model_validate({"name": name, "way": way})
        payload = self.contract.public.authorize(Caller(), asked)
        return (await self.enqueuer.enqueue(self.contract, payload, owner="ada")).run.id


@asynccontextmanager
async def starting(
    version: str, database: Database, environment: Mapping[str, str], urls: Mapping[str, str]
) -> AsyncIterator[Starter]:
    """`environment` is the stage file's, `urls` are those of the functions."""
    settings = PublishSettings(
        stage="local",
        qstash_url=environment["QSTASH_URL"],
        qstash_token=SecretStr(environment["QSTASH_TOKEN"]),
        qstash_max_retries=int(environment["QSTASH_MAX_RETRIES"]),
        failure_callback_url=urls["record_failure"],
    )
    publisher = QStashPublisher(settings, {JOB: urls[JOB]})
    contract = CONTRACTS[version]
    yield Starter(contract, Enqueuer(database, publisher, {JOB: contract}, World()))
    await publisher.aclose()
