"""`dev` keeps the stack up, reloading functions as they change; `demo` shows the whole path and checks it."""

import signal
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer
import watchfiles
from rich.console import Console
from rich.table import Table

from infra.demo.run import run_demo
from infra.local.folder import own_folder
from infra.local.processes import ROOT
from infra.local.stack import Options, Stack

LOCAL = ROOT / ".local"


def dev(
    *,
    api_port: Annotated[int, typer.Option(help="0: any free one")] = 0,
    pace: Annotated[float, typer.Option(help="divides QStash's own waits: 60 makes a minute a second")] = 1.0,
) -> None:
    """Keep the stack up until Ctrl-C; functions are reloaded when their source changes."""
    console = Console()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with own_folder(LOCAL, "dev") as folder:
        options = Options(pace=pace, api_port=api_port, say=lambda line: console.print(f"  {line}", soft_wrap=True))
        with Stack.start(folder, options) as stack:
            console.print(_addresses(stack, folder))
            console.print("Ctrl-C ends it. Functions are reloaded when functions/ or shared/ change.")
            for _ in watchfiles.watch(ROOT / "functions", ROOT / "shared", stop_event=stopping, raise_interrupt=False):
                stack.children["lambda-host"].signal(signal.SIGHUP)
                console.print("  reloaded")


def demo() -> None:
    """Run the main job on real input, with a duplicate and a crash, and leave the timeline in .local/demo."""
    sys.exit(0 if run_demo(LOCAL / "demo", Console()) else 1)


def _addresses(stack: Stack, folder: Path) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2))
    urls = stack.urls
    rows = {"API": urls.api, "mailbox": urls.resend, "QStash": urls.qstash, "Upstash Redis": urls.redis}
    rows |= {"MongoDB": urls.mongodb} | {f"function {name}": url for name, url in urls.functions.items()}
    rows |= {"Lambda host": urls.host, "logs": str(folder / "logs")}
    for name, value in rows.items():
        table.add_row(name, value)
    return table
