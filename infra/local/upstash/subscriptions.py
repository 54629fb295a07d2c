"""Serves subscriptions as server-sent events: `data: message,channel,hello`."""

from collections.abc import AsyncIterator, Sequence

from infra.local.upstash.pool import Pool, Unreachable
from infra.local.upstash.resp import Reply
from infra.local.upstash.results import as_text


async def events(pool: Pool, command: bytes, channels: Sequence[bytes]) -> AsyncIterator[str]:
    """Give one event for each confirmation and message, until Valkey goes away or the reader closes this."""
    try:
        async with pool.apart() as connection:
            await connection.send([[command, *channels]])
            while True:
                yield _event(await connection.receive())
    except Unreachable:
        return  # what has begun as a stream can only end; the client connects again


def _event(message: Reply) -> str:
    fields = message if isinstance(message, list) else [message]
    text = ",".join(as_text(field) if isinstance(field, bytes) else str(field) for field in fields)
    return "".join(f"data: {line}\n" for line in text.split("\n")) + "\n"
