"""Whether a file's bytes can be what its type says: told by its beginning, and a package's by its end.

Written here rather than taken from a library (puremagic, filetype): five types are taken, three of them are text, which
no signature tells, and what matters there, that no binary passes for text, is the part that they leave to the caller.
This refuses what is plainly something else; to read a file in earnest is the analysis's part, in a process of its own.

    application/pdf     `%PDF-` in the first kilobyte, where readers look for it (ISO 32000-1, note 13 of annex H)
    a .docx             a ZIP whose list of contents names [Content_Types].xml and something in word/ (ECMA-376, part 2)
    text/*              decodable, if it has a byte order mark; without NUL and the controls that no text has
"""

import codecs
from typing import Final

BEGINNING: Final = 64_000
"""Bytes that are looked at."""
END: Final = 256_000
"""Bytes of a package's end, where the list of its contents stands: room for some thousand names."""

PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

EXTENSIONS: Final = {
    PDF: ("pdf",),
    DOCX: ("docx",),
    "text/markdown": ("md", "markdown", "txt"),
    "text/html": ("html", "htm"),
    "text/plain": ("txt", "text", "log", "csv", "md"),
}
"""What a file of the type may be called when it is saved, the usual one first."""

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16's, which it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
_ZIP: Final = b"PK\x03\x04"
_ZIP_ENTRY: Final = b"PK\x01\x02"
_ZIP_END: Final = b"PK\x05\x06"
_NO_TEXT: Final = frozenset(range(0x20)) - frozenset(b"\t\n\v\f\r\b\x1a\x1b") | {0x7F}
"""Controls that stand in no text of any encoding that is a superset of ASCII; ISO 2022 shifts by ESC."""


def has_end(content_type: str) -> bool:
    """Whether `plausible` wants the file's end as well."""
    return content_type == DOCX


def plausible(content_type: str, beginning: bytes, end: bytes = b"") -> bool:
    """`beginning` and `end` are at most BEGINNING and END bytes; of a short file both are all of it."""
    if content_type == PDF:
        return b"%PDF-" in beginning[:1024]
    if content_type == DOCX:
        return beginning.startswith(_ZIP) and _is_word(end)
    if content_type.startswith("text/"):
        return not beginning.startswith(b"%PDF-") and _is_text(beginning)
    return True  # a type that only the configuration knows


def _is_word(end: bytes) -> bool:
    if _ZIP_END not in end:
        return False
    names = [_name(entry) for entry in end.split(_ZIP_ENTRY)[1:]]
    return b"[Content_Types].xml" in names and any(name.startswith(b"word/") for name in names)


def _name(entry: bytes) -> bytes:
    """Of an entry of the list without its four bytes of signature: 42 of other fields, its name's length among them."""
    return entry[42 : 42 + int.from_bytes(entry[24:26], "little")]


def _is_text(beginning: bytes) -> bool:
    for mark, encoding in _MARKS:
        if beginning.startswith(mark):
            text = _decoded(beginning[len(mark) :], encoding)
            return text is not None and _NO_TEXT.isdisjoint(map(ord, text))
    return not _NO_TEXT & set(beginning)


def _decoded(data: bytes, encoding: str) -> str | None:
    """A character that is cut off at the end is no fault."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return None


def saved_as(name: str, content_type: str) -> str:
    """A stranger's name for a download: with an ending of the type, so that what was taken as text is saved as text."""
    endings = EXTENSIONS.get(content_type, ())
    known = not endings or name.lower().endswith(tuple(f".{ending}" for ending in endings))
    return name if known else f"{name}.{endings[0]}"
