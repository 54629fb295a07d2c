"""A kept child process for what is hostile or heavy: parsing strangers' files, typesetting strangers' words.

    worker = Worker("functions.generate_pdf.typesetting", Limits(memory=1_000_000_000))
    answer, pdf = await worker.ask_bytes({"template": "report", ..}, seconds=60)

A thread can't be killed and a coroutine can't be made to stop computing; a process can. It is kept between asks, so
that what it has imported and opened is there for the next one, and it is started again after it was killed.

    (none) ──ask──▶ busy ──answer──▶ idle ──ask──▶ busy ..
                      ├──time is up──────▶ killed: OverBudget("time")
                      ├──no memory──────▶ killed; a kept one's ask goes to a fresh process; then OverBudget("memory")
                      ├──it died────────▶ asked once more in a fresh process, then WorkerDied
                      └──nobody waits───▶ killed (the coroutine was cancelled)

It talks over pipes alone (Lambda has no /dev/shm), gets none of our environment (so no secret), has limits of its own
on memory and files, leaves no core file, and dies with its parent. It is not kept from the network: nothing does that
without privileges. What it parses with is chosen so that it never goes there.

PermanentError
├── OverBudget     it took more time or memory than it was given
├── WorkerDied     it crashed, twice
└── Declined       its own function's refusal, with its reason
"""

from shared.worker.errors import Declined, OverBudget, WorkerDied
from shared.worker.limits import Limits
from shared.worker.worker import Worker

__all__ = ["Declined", "Limits", "OverBudget", "Worker", "WorkerDied"]
