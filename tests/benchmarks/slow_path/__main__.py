"""`python -m tests.benchmarks.slow_path --dial FILE HOST PORT`: prints `ready PORT`, then relays until it is stopped.

A process of its own: what is measured beside it then pays nothing for it, and may block.
"""

import argparse
import asyncio
import selectors
from pathlib import Path

from infra.local.guard import LOOPBACK
from tests.benchmarks.slow_path.dial import Dial
from tests.benchmarks.slow_path.relay import Client


async def relay(dial: Dial, upstream: tuple[str, int]) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Client(dial, upstream), LOOPBACK, 0)
    print(f"ready {server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201 - whoever starts it waits for this
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.slow_path", description=__doc__)
    parser.add_argument("--dial", type=Path, required=True, help="the file that holds its two numbers")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    # epoll counts whole milliseconds, rounded up: half of one would become one. select() takes microseconds.
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    loop.run_until_complete(relay(Dial(options.dial), (options.host, options.port)))


if __name__ == "__main__":
    main()
