"""Sets the stage for the demo and keeps what it leaves."""

import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console

from infra.demo.outage import Outage
from infra.demo.story import tell
from infra.demo.timeline import Timeline
from infra.demo.witness import Witness
from infra.local.built import Built
from infra.local.stack import Options, Stack

PACE: Final = 10.0
"""QStash's own waits, shortened; leases and Retry-After are real, so the crash takes most of a minute."""


def run_demo(out: Path, console: Console, *, outage: str = "", built: Built | None = None) -> bool:
    """Whether everything was as it must be. Leaves timeline.json, the mails, the report and the stack's logs in `out`.

    `outage` names the service of STOPPABLE that is stopped half-way; `built` is what the functions run from in place of
    the tree. Raises CannotStart and NotOurs.
    """
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    began = time.monotonic()
    timeline = Timeline(console)
    with tempfile.TemporaryDirectory(prefix="millrace-demo-") as folder:
        console.print(
            "[bold]Starting the stack[/] (real servers, ours for the hosted APIs, every function a Lambda)",
            soft_wrap=True,
        )
        try:
            with Stack.start(Path(folder), _options(console, built)) as stack, httpx.Client(timeout=10) as http:
                lambdas = len(http.get(f"{stack.urls.host}/local/functions").raise_for_status().json())
                console.print(
                    f"  {lambdas} Lambdas up in {time.monotonic() - began:.1f} s, the API at {stack.urls.api}\n"
                )
                away = Outage(outage, stack.stopper(outage)) if outage else None
                tell(timeline, Witness(stack.urls, http), out, away)
        finally:
            if timeline.entries:
                timeline.write(out / "timeline.json")
            if (logs := Path(folder) / "logs").exists():
                shutil.copytree(logs, out / "logs", dirs_exist_ok=True)
    console.print(f"\n{left_in(out, ok=timeline.ok)}", soft_wrap=True, highlight=False)
    return timeline.ok


def _options(console: Console, built: Built | None) -> Options:
    return Options(
        pace=PACE,
        throw_away=True,
        artifacts=built.folder if built else None,
        python=built.python if built else None,
        say=lambda line: console.print(f"  {line}", soft_wrap=True),
    )


def left_in(out: Path, *, ok: bool) -> str:
    """Where to look: what is there, and the logs where something was not as it must be."""
    places = {
        "The mail": out / "mail.html",
        "the report": out / "report.pdf",
        "its mail": out / "report-mail.html",
        "the timeline": out / "timeline.json",
    }
    if not ok:
        places["the logs"] = out / "logs"
    return "    ".join(f"{name}: {path}" for name, path in places.items() if path.exists())
