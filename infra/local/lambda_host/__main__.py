"""`python -m infra.local.lambda_host`: hosts what `serverless.yml` declares, until it is told to stop.

It prints two lines, `ready PORT`, which is its admin port, and `{"api": URL, "admin": URL, "functions": {NAME: URL}}`,
which is also to be had there (admin.py). SIGHUP reloads the functions, SIGTERM and SIGINT end it. What the stage file
asks of the environment is taken from this process's own.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from infra.local.lambda_host.doors import Doors
from infra.local.lambda_host.host import LambdaHost
from infra.local.lambda_host.settings import HostSettings
from infra.local.serverless import ServerlessError, read_service


def _port(text: str) -> tuple[str, int]:
    name, _, port = text.partition("=")
    return name, int(port)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.lambda_host")
    parser.add_argument("--stage", default="local")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the folder of serverless.yml")
    parser.add_argument("--log-dir", type=Path, default=Path(".local/logs"))
    parser.add_argument("--api-port", type=int, default=0)
    parser.add_argument(
        "--function-port", type=_port, action="append", default=[], metavar="NAME=PORT", help="may be repeated"
    )
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    root = options.root.resolve()
    service = read_service(root / "serverless.yml", stage=options.stage, env=os.environ)
    doors = Doors.bind(service.urls, api_port=options.api_port, function_ports=dict(options.function_port))
    settings = HostSettings(root=root, log_dir=options.log_dir.resolve(), region=service.region)
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    async with LambdaHost(service.specs(doors.addresses), settings, doors) as host:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        reloads: set[asyncio.Task[None]] = set()

        def reload() -> None:
            task = asyncio.ensure_future(host.reload())
            reloads.add(task)
            task.add_done_callback(reloads.discard)

        loop.add_signal_handler(signal.SIGHUP, reload)
        print(f"ready {doors.admin.getsockname()[1]}\n{json.dumps(doors.as_json())}", flush=True)
        await stopping.wait()


def main() -> None:
    try:
        asyncio.run(_serve(_options()))
    except ServerlessError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
