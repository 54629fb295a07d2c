"""A Lambda of which a snapshot is taken and two copies are restored: python -m .. EVENT EVENT, one event for each copy.

A fork stands for the snapshot: both copies begin with the same memory, as restored ones do. The hooks are run by AWS's
own runtime client. Each copy prints one line of JSON, and so does the process before the fork.
"""

import json
import os
import random
import sys
from pathlib import Path
from typing import Any

from awslambdaric import lambda_runtime_hooks_runner as hooks  # type: ignore[import-untyped]  # it ships no types
from bson import ObjectId

from functions.send_email import handler as of_mail
from tests.integration.handler.door import LambdaCall

BUILT = ("database", "redis", "loop", "verifier", "verify_settings", "stage", "log")
HEAVY = ("resend", "httpx", "upstash_redis")


def main(*events: str) -> None:
    handler = of_mail.handler
    at_import = [name for name in HEAVY if name in sys.modules]
    hooks.run_before_snapshot()
    built = vars(handler._process)
    warm = [name for name in HEAVY if name in sys.modules]
    say(imported=at_import, warm=warm, kept=[name for name in BUILT if name in built], sockets=sockets())
    ObjectId()
    drawn = random.getstate()
    for event in events:
        if os.fork() == 0:
            # Python and the driver notice a fork, and draw anew. A copy of a machine has the process's own number.
            random.setstate(drawn)
            ObjectId._pid = os.getpid()
            hooks.run_after_restore()
            answer = handler(json.loads(event), LambdaCall(25_000))
            own = str(ObjectId())[8:18]
            say(status=answer["statusCode"], random=random.random(), object_id=own, sockets=sockets())
            os._exit(0)
        os.wait()


def sockets() -> list[str]:
    """The connections that are open, as the kernel knows them."""
    return sorted(str(fd) for fd in Path("/proc/self/fd").iterdir() if fd.is_socket())


def say(**told: Any) -> None:
    print("told", json.dumps(told), flush=True)  # noqa: T201 - its parent wants to know


main(*sys.argv[1:])
