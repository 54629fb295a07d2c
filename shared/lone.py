"""Imports one module of a package without the rest of it, where the package's `__init__` imports everything.

    lone("qstash")
    from qstash.receiver import Receiver    # and neither QStash's client nor httpx

The `__init__` is put off, not left out: the first use of a name that it defines runs it. What was set before that by
whoever uses the package, such as a key, is set afterwards still.
"""

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any


def lone(package: str, **given: object) -> None:
    """Let modules of `package` be imported alone from now on; nothing, where it has been imported already.

    `given` are names of its `__init__` that those modules read, and shall find without it.
    """
    if package in sys.modules or (spec := find_spec(package)) is None or (loader := spec.loader) is None:
        return
    module = module_from_spec(spec)

    def absent(name: str) -> Any:
        if name.startswith("__"):  # the import system asks for some that most packages do not have
            raise AttributeError(name)
        if find_spec(f"{package}.{name}"):
            return import_module(f"{package}.{name}")
        del module.__getattr__
        chosen = {
            key: value for key, value in vars(module).items() if key not in ours and type(value) is not ModuleType
        }
        loader.exec_module(module)
        vars(module).update(chosen)
        return getattr(module, name)

    module.__getattr__ = absent  # type: ignore[method-assign]  # https://peps.python.org/pep-0562
    vars(module).update(given)
    ours = frozenset(vars(module))
    sys.modules[package] = module
