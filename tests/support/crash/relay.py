"""One look of a relay, from outside of any function: what was accepted and not handed over goes to QStash."""

from collections.abc import Sequence
from typing import Any

from functions.registry import contracts
from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from shared.clock import World
from shared.config import PublishSettings
from shared.contract import Contract
from shared.enqueue import Enqueuer
from shared.qstash_publisher import QStashPublisher
from shared.runs.model import Run, State
from tests.support.crash.bench import Bench


async def relay(bench: Bench, runs: Sequence[Run], also: Sequence[Contract[Any]] = ()) -> None:
    """Hand over those of `runs` that are pending; `also` are contracts of jobs that are not the bundle's."""
    pending = [run for run in runs if run.state is State.PENDING]
    if not pending:
        return
    known = {**contracts(), **{contract.name: contract for contract in also}}
    settings = PublishSettings.model_validate(
        {
            "stage": "local",
            "qstash_url": bench.urls["qstash"],
            "qstash_token": DEVELOPMENT_TOKEN,
            "failure_callback_url": bench.delivery_url,
        }
    )
    publisher = QStashPublisher(settings, {name: bench.functions[name] for name in known if name in bench.functions})
    try:
        await Enqueuer(bench.database, publisher, known, World()).hand_over_many(pending)
    finally:
        await publisher.aclose()
