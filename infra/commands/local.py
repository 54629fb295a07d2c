"""`dev` keeps the stack up, reloading functions as they change; `demo` shows the whole path and checks it."""

import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from infra.commands.stage import ROOT
from infra.commands.stage_file import STACK_FILE, kept

if TYPE_CHECKING:
    from infra.local.stack import Stack

LOCAL = ROOT / ".local"


def dev(
    *,
    api_port: Annotated[int, typer.Option(help="0: any free one")] = 0,
    pace: Annotated[float, typer.Option(help="divides QStash's own waits: 60 makes a minute a second")] = 1.0,
) -> None:
    """Keep the stack up until Ctrl-C; functions are reloaded when their source changes."""
    import watchfiles

    from infra.local.folder import own_folder
    from infra.local.stack import Options, Stack

    console = Console()
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with own_folder(LOCAL, "dev") as folder, _said_plainly():
        options = Options(pace=pace, api_port=api_port, say=lambda line: console.print(f"  {line}", soft_wrap=True))
        with Stack.start(folder, options) as stack, kept(stack, folder / STACK_FILE.name):
            console.print(_addresses(stack, folder))
            console.print("Ctrl-C ends it. Functions are reloaded when functions/ or shared/ change.")
            sources = (ROOT / "functions", ROOT / "shared")
            for changes in watchfiles.watch(*sources, stop_event=stopping, raise_interrupt=False):
                stack.children["lambda-host"].signal(signal.SIGHUP)
                wrong = unreadable(Path(path) for _, path in changes)
                console.print(f"  reloaded, but {'; '.join(wrong)}" if wrong else "  reloaded", soft_wrap=True)


def demo(
    *,
    outage: Annotated[str, typer.Option(metavar="SERVICE", help="stop it half-way, for good: redis")] = "",
    artifacts: Annotated[bool, typer.Option("--artifacts", help="build first, and run each from its zip")] = False,
) -> None:
    """Run the main job on real input, with a duplicate and a crash, and leave the timeline in .local/demo."""
    from infra.demo.run import run_demo
    from infra.local.built import built_for_this_machine
    from infra.local.stack import STOPPABLE

    if outage and outage not in STOPPABLE:
        print(f"There is no outage of {outage!r} to show; known: {', '.join(STOPPABLE)}.", file=sys.stderr)
        sys.exit(2)
    console = Console()
    with _said_plainly():
        built = built_for_this_machine(lambda line: console.print(f"  {line}", soft_wrap=True)) if artifacts else None
        sys.exit(0 if run_demo(LOCAL / "demo", console, outage=outage, built=built) else 1)


@contextmanager
def _said_plainly() -> Iterator[None]:
    from infra.artifacts import CannotBuild
    from infra.local.lambda_host.runtime import NoRuntime
    from infra.local.stack import CannotStart, NotOurs

    try:
        yield
    except (CannotStart, NotOurs, CannotBuild, NoRuntime) as fault:
        print(fault, file=sys.stderr)
        sys.exit(1)


def unreadable(paths: Iterable[Path]) -> list[str]:
    """What is no Python among the sources that changed: the functions that import it fail at their next call.

    Said here, because a function is loaded when it is next called, and only its log would tell.
    """
    wrong = []
    for path in sorted(paths):
        if path.suffix != ".py" or not path.exists():
            continue
        try:
            compile(path.read_bytes(), path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as fault:
            line = f", line {fault.lineno}" if isinstance(fault, SyntaxError) else ""
            wrong.append(f"{path.name}{line} is no Python: {getattr(fault, 'msg', fault)}")
    return wrong


def _addresses(stack: "Stack", folder: Path) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2))
    urls = stack.urls
    rows = {"API": urls.api, "mailbox": urls.resend, "QStash": urls.qstash, "Upstash Redis": urls.redis}
    rows |= {"MongoDB": urls.mongodb, "object storage": urls.storage, "AI": urls.ai} | {
        f"function {name}": url for name, url in urls.functions.items()
    }
    rows |= {"Lambda host": urls.host, "logs": str(folder / "logs")}
    for name, value in rows.items():
        table.add_row(name, value)
    return table
