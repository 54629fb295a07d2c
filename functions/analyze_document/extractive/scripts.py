"""Which scripts a text is written in, and which languages put no space between sentences."""

from collections import Counter
from typing import Final

from shared.search.scripts import Script, script_of

_DENSE: Final = frozenset({"ja", "zh"})


def scripts_in(text: str) -> Counter[Script]:
    """How many letters of each."""
    found: Counter[Script] = Counter()
    for character, times in Counter(text).items():
        script = script_of(character)
        if script is not None:
            found[script] += times
    return found


def is_dense(language: str) -> bool:
    """Whether sentences of the language follow each other without a space."""
    return language in _DENSE
