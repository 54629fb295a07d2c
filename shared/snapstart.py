"""Lambda SnapStart: a process that has started is frozen once, and every cold start is a copy of it.

    imports ──▶ before ──▶ SNAPSHOT ──▶ copy ──▶ after ──▶ its first event ..
                               └──────▶ copy ──▶ after ──▶ ..

before   what a first event would import and build is imported and built, and let go of again: copies share no
         connection, no loop, no clock of a breaker
after    what two copies would draw alike is drawn anew

Our own tokens and jitter are the system's randomness (shared/clock.py), which is anew in each copy by itself; so is
uuid4. `random` and the ObjectIds that MongoDB's driver makes are seeded once a process, and need it.
https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks.html
https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html
"""

import os
import random
from collections.abc import Mapping
from typing import Protocol

from bson import ObjectId


class Restorable(Protocol):
    def warm(self) -> None:
        """Import and build what the first event would; call nobody."""

    def forget(self) -> None:
        """Let go of all that was built: each part is built anew at its next use."""


def prepare(handler: Restorable, environ: Mapping[str, str] = os.environ) -> None:
    """Register the hooks in a process of which AWS will take a snapshot; in every other one there is nothing to do."""
    if environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
        return
    # AWS's runtime holds it, not our artifact: https://pypi.org/project/snapshot-restore-py
    from snapshot_restore_py import (  # type: ignore[import-untyped]  # it ships no types
        register_after_restore,
        register_before_snapshot,
    )

    register_before_snapshot(_before, handler)
    register_after_restore(_after)


def _before(handler: Restorable) -> None:
    """A fault, such as a setting that is missing, fails the version that is being published, and says so."""
    handler.warm()
    handler.forget()


def _after() -> None:
    random.seed()
    ObjectId._pid = -1  # noqa: SLF001 - of no process: the next one that is made draws its random part anew
