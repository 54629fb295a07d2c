"""The root requirements.txt: each distribution that may be carried, in one version, with the hashes of its files."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_BLOCK: Final = re.compile(r"^[A-Za-z0-9].*(?:\n[ \t].*)*", re.MULTILINE)


def locked(path: Path, markers: Mapping[str, str]) -> Mapping[str, str]:
    """The lock's own text for each that is meant for these markers, by its canonical name."""
    return dict(_blocks(path.read_text("utf-8"), markers))


def _blocks(text: str, markers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for block in _BLOCK.findall(text):
        asked = Requirement(block.partition("\\")[0].strip())
        if asked.marker is None or asked.marker.evaluate(dict(markers)):
            yield canonicalize_name(asked.name), block
