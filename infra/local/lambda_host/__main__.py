"""`python -m infra.local.lambda_host`: hosts what `serverless.yml` declares, until it is told to stop.

It prints two lines, `ready PORT`, which is its admin port, and `{"api": URL, "admin": URL, "functions": {NAME: URL}}`,
which is also to be had there (admin.py). SIGHUP reloads the functions, SIGTERM and SIGINT end it. What the stage file
asks of the environment is taken from this process's own.

With `--artifacts` each function runs from its own zip, alone, under `--python` (runtime.py, unpacking.py); else all run
from the tree, under this same Python.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from infra.local.lambda_host.doors import Doors
from infra.local.lambda_host.host import LambdaHost
from infra.local.lambda_host.runtime import NoRuntime, runtime_of
from infra.local.lambda_host.settings import HostSettings
from infra.local.lambda_host.unpacking import BadArtifact, unpacked
from infra.local.serverless import ServerlessError, Service, read_service


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
    parser.add_argument("--artifacts", type=Path, metavar="DIR", help="run each function from its own DIR/NAME.zip")
    parser.add_argument("--python", type=Path, help="what the artifacts run under; by default this one's own")
    options = parser.parse_args()
    if options.python and not options.artifacts:
        parser.error("--python is for --artifacts; the tree runs under the Python that it was installed for")
    return options


@contextmanager
def _settings(options: argparse.Namespace, service: Service) -> Iterator[HostSettings]:
    root, log_dir = options.root.resolve(), options.log_dir.resolve()
    tree = HostSettings(root=root, log_dir=log_dir, region=service.region)
    if options.artifacts is None:
        yield tree
        return
    runtime = runtime_of(options.python or Path(sys.executable))
    with unpacked(options.artifacts, service.entries, beside=log_dir.parent) as roots:
        yield replace(tree, roots=roots, runtime=runtime)


async def _serve(options: argparse.Namespace, service: Service, settings: HostSettings) -> None:
    doors = Doors.bind(service.urls, api_port=options.api_port, function_ports=dict(options.function_port))
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
    options = _options()
    try:
        service = read_service(options.root / "serverless.yml", stage=options.stage, env=os.environ)
        with _settings(options, service) as settings:
            asyncio.run(_serve(options, service, settings))
    except (ServerlessError, NoRuntime, BadArtifact) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
