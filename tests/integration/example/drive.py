"""Run by the test in its copy of the bundle: starts the stack, says where it is, ends with its input."""

import json
import sys
from dataclasses import asdict
from typing import Final

from functions.registry import contracts
from infra.local.processes import ROOT
from infra.local.stack import Options, Stack
from tests.unit.house.completeness import missing

PACE: Final = 10.0


def main() -> None:
    options = Options(pace=PACE, throw_away=True)
    with Stack.start(ROOT / ".local", options) as stack:
        said = {"root": str(ROOT), "missing": missing(ROOT, contracts()), "urls": asdict(stack.urls)}
        print(json.dumps(said), flush=True)  # noqa: T201 - what the test reads
        sys.stdin.read()


if __name__ == "__main__":
    main()
