"""The licence that an installed package declares for itself, by its SPDX id."""

import re
from importlib.metadata import metadata
from typing import Final

CLASSIFIERS: Final = {
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "ISC License (ISCL)": "ISC",
    "Python Software Foundation License": "PSF-2.0",
}
"""`BSD License` is not among them: it does not say which one."""
WORDS: Final = {
    "Apache License 2.0": "Apache-2.0",
    "Dual License": "",
    "BSD-3-Clause, Apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
}


def declared(package: str) -> frozenset[str]:
    """Every id that its metadata names; the newest field first, since that one is exact."""
    if expression := _said(package, "License-Expression"):
        return ids(expression[0])
    named = (value.rpartition(" :: ")[2] for value in _said(package, "Classifier"))
    if found := frozenset(CLASSIFIERS[name] for name in named if name in CLASSIFIERS):
        return found
    [licence] = _said(package, "License") or [""]
    return ids(WORDS.get(licence, licence))


def _said(package: str, field: str) -> list[str]:
    """A field's values. `get_all`, because asking for one that is absent is deprecated."""
    return [str(value) for value in metadata(package).get_all(field) or ()]


def ids(expression: str) -> frozenset[str]:
    """The ids in an expression (`MIT OR Apache-2.0`), or nothing for what is none."""
    parts = re.split(r" (?:OR|AND) ", expression.strip())
    return frozenset(part for part in parts if re.fullmatch(r"[A-Za-z0-9.-]+", part))
