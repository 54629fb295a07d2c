"""The Content-Disposition of a download: saved under a name that people gave, and never shown in the store's origin.

The name is a stranger's. It leaves here as a quoted ASCII word for old clients (RFC 6266) and, where that says less
than the name, percent-encoded as `filename*` (RFC 8187), which all browsers of today prefer. Neither can end the field,
add a parameter, start a header, name a folder, or turn the text around (the bidirectional marks).
"""

import unicodedata
from typing import Final
from urllib.parse import quote

LONGEST: Final = 150
"""Characters; file systems take 255 bytes, and the name of most scripts has up to three bytes a character."""
NAMELESS: Final = "download"
_RESERVED: Final = frozenset('<>:"|?*%\\/;')
"""What some file system, or some parser of the field, reads as more than a letter."""
_SAFE: Final = "!#$&+-.^_`|~"
"""RFC 8187's attr-char, beside letters and digits."""


def content_disposition(name: str) -> str:
    """`attachment`, with the name where anything is left of it."""
    kept = plain(name)
    ascii_name = "".join(_ascii(character) for character in unicodedata.normalize("NFKD", kept)) or NAMELESS
    if not any(map(str.isalnum, ascii_name.partition(".")[0])):
        ascii_name = NAMELESS + "".join(ascii_name.rpartition(".")[1:] if "." in ascii_name else ())
    field = f'attachment; filename="{ascii_name}"'
    return field if ascii_name == kept else f"{field}; filename*=UTF-8''{quote(kept, safe=_SAFE)}"


def plain(name: str) -> str:
    """A name without its path, controls, marks of direction, and dots and spaces at its ends; never empty."""
    composed = unicodedata.normalize("NFC", "".join(filter(_visible, name)))  # the Greek question mark becomes a `;`
    last = composed.replace("\\", "/").rpartition("/")[2]
    shown = "".join("_" if character in _RESERVED else character for character in last).strip(". ")
    if len(shown) > LONGEST:
        stem, dot, kind = shown.rpartition(".")
        ending = dot + kind if stem and len(kind) <= 10 else ""
        shown = (shown[: LONGEST - len(ending)].rstrip(". ") + ending).strip(". ")
    return shown or NAMELESS


def _visible(character: str) -> bool:
    """Not a control, a mark of format (direction, joiners), a surrogate, or a separator of lines."""
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _ascii(character: str) -> str:
    if unicodedata.combining(character):
        return ""
    return character if " " <= character <= "~" and character not in _RESERVED else "_"
