"""The variables of the stack that `make dev` keeps up, in a file for the commands; it is there while the stack is.

They are what serverless.yml gives the functions, all together, and the URL of every job. The file holds the local
stage's well-known values, and those of a real service that the environment names: nobody else may read it.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shared.config import JOB_URL_PREFIX

if TYPE_CHECKING:
    from infra.local.stack import Stack

STACK_FILE: Final = Path(".local/dev/stage.env")
"""Of the first `make dev`; a second one beside it has .local/dev-2."""
STACK: Final = (
    "MONGODB_URI",
    "UPSTASH_REDIS_REST_URL",
    "QSTASH_URL",
    "STORAGE_ENDPOINT",
    "RESEND_API_URL",
    "AI_URL",
)
"""What names a service; a stack is all of them together."""


@contextmanager
def kept(stack: "Stack", path: Path) -> Iterator[None]:
    """The stack's file is there inside, whole or not at all."""
    text = "".join(f"{name}={_quoted(value)}\n" for name, value in sorted(of_stack(stack).items()))
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def of_stack(stack: "Stack") -> Mapping[str, str]:
    from functions.registry import contracts
    from infra.local.processes import ROOT
    from infra.local.serverless import Addresses, read_service

    service = read_service(ROOT / "serverless.yml", stage="local", env=stack.environment)
    addresses = Addresses(stack.urls.api, stack.urls.functions)
    given = {name: value for spec in service.specs(addresses) for name, value in spec.environment.items()}
    jobs = {f"{JOB_URL_PREFIX}{name.upper()}": url for name, url in addresses.functions.items() if name in contracts()}
    return {**given, **jobs}


def _quoted(value: str) -> str:
    """As dotenv reads it, and, but for a quote in it, every shell."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
