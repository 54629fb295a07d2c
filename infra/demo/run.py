"""Sets the stage for the demo and keeps what it leaves."""

import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console

from infra.demo.story import tell
from infra.demo.timeline import Timeline
from infra.demo.witness import Witness
from infra.local.stack import Options, Stack

PACE: Final = 10.0
"""QStash's own waits, shortened; leases and Retry-After are real, so the crash takes most of a minute."""


def run_demo(out: Path, console: Console) -> bool:
    """Whether everything was as it must be. Leaves timeline.json, mail.html and the stack's logs in `out`."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="millrace-demo-") as folder:
        console.print("[bold]Starting the stack[/] (MongoDB, Valkey, QStash, Resend, four Lambdas)")
        try:
            options = Options(pace=PACE, throw_away=True, say=lambda line: console.print(f"  {line}", soft_wrap=True))
            with Stack.start(Path(folder), options) as stack, httpx.Client(timeout=10) as http:
                console.print(f"  up in {time.monotonic() - began:.1f} s, the API at {stack.urls.api}\n")
                timeline = Timeline(console)
                tell(timeline, Witness(stack.urls, http), out)
                timeline.write(out / "timeline.json")
        finally:
            shutil.copytree(Path(folder) / "logs", out / "logs", dirs_exist_ok=True)
    console.print(f"\nThe mail: {out / 'mail.html'}    the timeline: {out / 'timeline.json'}", soft_wrap=True)
    return timeline.ok
