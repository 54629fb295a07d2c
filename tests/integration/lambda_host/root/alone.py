"""Says what a function can see of the machine, and what a child that it starts can."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

FOUND = "import importlib.util, sys; print(*(name for name in sys.argv[1:] if importlib.util.find_spec(name)))"


def look(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Of the modules that are named in the query, those that can be imported here, and those that a child finds."""
    names = event["rawQueryString"].split(",")
    child = subprocess.run([sys.executable, "-c", FOUND, *names], capture_output=True, text=True, check=True, cwd="/")
    return {
        "found": [name for name in names if importlib.util.find_spec(name)],
        "child": child.stdout.split(),
        "path": sys.path,
        "version": sys.version_info[:2],
        "cwd": str(Path.cwd()),
        "environment": dict(os.environ),
    }
