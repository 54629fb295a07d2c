"""Run by a Python that sees an unpacked artifact and the standard library alone: imports all that it may come to need.

Given on standard input: {"root": .., "modules": [..], "names": [..]}. A name is a module, or something that a module
holds. Answers with what could not be found, as JSON.
"""

import importlib
import json
import sys
from typing import Any


def found(name: str) -> bool:
    """Whether `from package import name` would find it."""
    package, _, last = name.rpartition(".")
    if package in sys.modules and hasattr(sys.modules[package], last):
        return True
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name != name or not package:
            return False
        return found(package) and hasattr(sys.modules.get(package), last)
    return True


def main(asked: dict[str, Any]) -> list[str]:
    sys.path.insert(0, asked["root"])
    for module in asked["modules"]:
        importlib.import_module(module)
    return [name for name in asked["names"] if not found(name)]


if __name__ == "__main__":
    json.dump(main(json.load(sys.stdin)), sys.stdout)
