"""A request that is done and recorded, and one that is answered from its record, beside Powertools' on Redis.

Powertools does less here: it does not compare the body of a repeat with the first one's. It could, but its layer for
Redis drops the body's hash when it writes the answer (3.37), and then refuses every replay.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, idempotent_function

from shared.idempotency import Asked, Performed, RedisRequests, identify, perform
from tests.benchmarks.round_trips.clients import Clients
from tests.benchmarks.round_trips.pair import Pair

ORDER = b'{"to": "ada@example.com", "lines": [1, 2, 3]}'


class Context:
    """As much of a Lambda's context as Powertools asks for; without it there is no lease."""

    def get_remaining_time_in_millis(self) -> int:
        return 25_000


async def pairs(clients: Clients) -> list[Pair]:
    store = RedisRequests(clients.redis, lease=30.0)
    create = _by_powertools(clients)
    keys = (f"key-{number}" for number in count())

    async def ours(key: str, *, replayed: bool) -> None:
        performed = await perform(store, _asked(key), _work, _rebuild, owner="bench")
        if not isinstance(performed, Performed) or performed.replayed is not replayed:
            raise TypeError(repr(performed))

    async def theirs(key: str) -> None:
        create(order={"key": key, "body": ORDER.decode()})

    first = next(keys)
    await ours(first, replayed=False)
    return [
        Pair("idempotent request", lambda: ours(next(keys), replayed=False), "Powertools", lambda: theirs(next(keys))),
        Pair("its replay", lambda: ours(first, replayed=True), "Powertools", lambda: theirs(first)),
    ]


def _asked(key: str) -> Asked:
    return identify(method="POST", route="/v1/orders", caller=("user", "ada"), key=key, body=ORDER)


async def _work() -> tuple[str, str]:
    return "made", "reference"


async def _rebuild(_: str) -> str:
    return "made"


def _by_powertools(clients: Clients) -> Callable[..., dict[str, str]]:
    config = IdempotencyConfig(event_key_jmespath="key")
    config.register_lambda_context(Context())  # type: ignore[arg-type] # it asks for nothing else of it

    made: Callable[..., dict[str, str]] = idempotent_function(
        _create, data_keyword_argument="order", persistence_store=clients.powertools, config=config
    )
    return made


def _create(*, order: dict[str, Any]) -> dict[str, str]:
    return {"id": "made"}
