"""Finds every job's contract: each folder of functions/ that has a contract.py with a CONTRACT in it.

A publisher carries all of them, so they must stay light; nothing else of another function is ever imported.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from shared.contract import Contract
from shared.errors import ConfigurationError


@cache
def contracts() -> Mapping[str, Contract[Any]]:
    """By job name, which is the folder's name."""
    found: dict[str, Contract[Any]] = {}
    for path in sorted(Path(__file__).parent.glob("*/contract.py")):
        folder = path.parent.name
        contract = getattr(import_module(f"functions.{folder}.contract"), "CONTRACT", None)
        if not isinstance(contract, Contract):
            raise ConfigurationError(f"functions/{folder}/contract.py has no CONTRACT")
        if contract.name != folder:
            raise ConfigurationError(f"functions/{folder}/contract.py calls its job {contract.name!r}")
        if wrong := contract.faults():
            raise ConfigurationError(f"functions/{folder}/contract.py: {'; '.join(wrong)}")
        found[folder] = contract
    return MappingProxyType(found)
