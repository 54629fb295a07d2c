"""A stranger's words as they may be shown: visible, read one way only, and no longer than there is room for.

Nothing here keeps words from becoming markup: whoever shows them escapes them.
"""

import re
import unicodedata
from typing import Final

ELLIPSIS: Final = "…"

_BREAK: Final = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\u00ad\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
"""Controls, what takes no room, and the marks that turn text around. The joiners stay: Persian, Hindi and emoji are
spelt with them. So do the weak marks (U+061C, U+200E, U+200F): they put a full stop in its place, and turn no letter.
"""
_UNSEEN: Final = re.compile(r"[\s\u061c\u200c-\u200f\ufe00-\ufe0f]*")
"""What stays, and is nothing to look at by itself."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_TRAILING: Final = " \n,;:.-\u2013\u2014\u3001\u3002\uff0c"
"""What stands badly before an ellipsis."""


def lines(text: str) -> str:
    """With line feeds as the only controls; empty where nothing of it is visible."""
    whole = _SURROGATE.sub("\ufffd", _BREAK.sub("\n", text).replace("\t", " "))
    shown = unicodedata.normalize("NFC", _HIDDEN.sub("", whole)).strip()
    return "" if _UNSEEN.fullmatch(shown) else shown


def one_line(text: str) -> str:
    """The same, with single spaces for every break and gap."""
    return " ".join(lines(text).split())


def cut(text: str, most: int) -> str:
    """At most so many characters: where there are more, to the end of a word, and an ellipsis.

    Within a word only where half of the room or more would stay empty, and never between a letter and its marks.
    """
    if len(text) <= most:
        return text
    end = most - len(ELLIPSIS)
    while end > 0 and unicodedata.combining(text[end]):
        end -= 1
    kept = text[:end]
    if not text[end].isspace():
        word = kept.rfind(" ")
        kept = kept[:word] if word > end // 2 else kept
    return kept.rstrip(_TRAILING) + ELLIPSIS
