"""A fault proxy that is left behind while others still talk to it leaves no connection open."""

import asyncio
import gc
import warnings

import pytest

from infra.local.faults import FaultProxy, Http


@pytest.mark.parametrize("turns", range(12))
async def test_whoever_is_in_the_middle_of_hanging_up_is_hung_up_on(turns: int) -> None:
    """The service holds its end open for longer than the proxy lives; the proxy is left after so many turns."""
    released = asyncio.Event()
    served: list[asyncio.Task[None]] = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task: asyncio.Task[None] | None = asyncio.current_task()
        assert task is not None
        served.append(task)
        await released.wait()
        await reader.read()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as service:
        upstream = ("127.0.0.1", service.sockets[0].getsockname()[1])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            async with FaultProxy("held", Http(), upstream, lambda _: None) as proxy:
                _, caller = await asyncio.open_connection("127.0.0.1", proxy.port)
                caller.close()
                for _ in range(turns):
                    await asyncio.sleep(0)
            await caller.wait_closed()
            released.set()
            await asyncio.wait_for(asyncio.gather(*served), 5)
            await asyncio.sleep(0.02)
            gc.collect()
    assert [str(one.message) for one in caught if one.category is ResourceWarning] == []
