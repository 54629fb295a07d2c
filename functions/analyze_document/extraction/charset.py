"""Which encoding a text is in: by its byte order mark, by what it declares, by what it can't be, else by likelihood.

mark                      UTF-8, UTF-16, UTF-32
declared                  HTML's meta (told by the caller), if the samples decode by it
valid UTF-8               or nearly: no text of another encoding is by chance
escapes of ISO 2022       Japanese, Korean
zeros                     UTF-16 without its mark, or no text at all
else                      eight bits whose letters are those of a language that is known here, or else
                          charset-normalizer's choice
"""

import codecs
import unicodedata
from collections import Counter
from typing import Final

from charset_normalizer import from_bytes

from functions.analyze_document.extraction.declines import declined
from functions.analyze_document.extraction.letters import fit
from functions.analyze_document.extraction.samples import Samples
from functions.analyze_document.extractive.language import language_of, speaks

JUDGED: Final = 24_000
"""Bytes that likelihood is reckoned from."""

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16's, which it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_ESCAPES: Final = (
    (b"\x1b$)C", "iso2022_kr"),
    (b"\x1b$@", "iso2022_jp_ext"),
    (b"\x1b$B", "iso2022_jp_ext"),
    (b"\x1b(J", "iso2022_jp_ext"),
)
_BYTES: Final = (
    *("cp1252", "iso8859_15", "cp1250", "iso8859_2", "cp1251", "koi8_u", "cp1253", "iso8859_7", "cp1254", "cp1255"),
    *("cp1256", "iso8859_5", "iso8859_6", "cp866", "mac_cyrillic", "mac_roman", "cp850", "cp852", "cp437", "cp862"),
)
"""Of eight bits, those before others that are met more often."""
_EAST: Final = ("cp932", "euc_jis_2004", "cp949", "gb18030", "big5hkscs", "cp874", "cp1257", "cp1258")
_READ_AS: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    **{name: name for name in ("utf-8", "euc_jp", "koi8-r", "iso8859-3", "iso8859-4", "iso8859-10", "iso8859-13")},
    **{codecs.lookup(name).name: name for name in (*_BYTES, *_EAST)},
}
"""By Python's name of what is declared. Of several that agree it is the one with more characters, as browsers read it
(https://encoding.spec.whatwg.org, 4.2); no other codec of Python is for a stranger to name."""
_OTHERWISE: Final = "cp1252"
_NO_TEXT: Final = frozenset(range(0x20)) - frozenset(b"\t\n\v\f\r\b\x1a\x1b") | {0x7F}
_BINARY: Final = 0.02
"""The share of such bytes from which on a file is no text."""
_SPOILT: Final = 0.1
"""The share of broken characters that a text in UTF-8 may have, of those beyond ASCII."""
_ASCII: Final = frozenset(map(chr, range(0x80)))
_BREAKS: Final = str.maketrans("", "", "\t\n\v\f\r")
_FIT: Final = 0.95
"""The share of letters that must be of the language: names and quotations are of others."""


def encoding_of(samples: Samples, declared: str | None = None) -> str:
    """Python's name of it. Raises Decline for what is no text."""
    for mark, encoding in _MARKS:
        if samples.beginning.startswith(mark):
            return encoding
    joined = samples.joined
    if b"\0" in joined:
        return _wide(samples)
    escaped = next((encoding for escape, encoding in _ESCAPES if escape in joined), None)
    if escaped is not None:
        return escaped
    if joined.startswith(b"%PDF-") or sum(map(joined.count, map(_byte, _NO_TEXT))) > _BINARY * len(joined):
        raise declined("damaged")
    if samples.decode_by("utf-8") or _is_spoilt_utf_8(joined):
        return "utf-8"
    if declared is not None and samples.decode_by(declared):
        return declared
    return _likely(joined)


def named(label: str) -> str | None:
    """What a page that declares `label` is decoded with; None for what no page should declare."""
    try:
        return _READ_AS.get(codecs.lookup(label).name)
    except LookupError:
        return None


def _is_spoilt_utf_8(joined: bytes) -> bool:
    """Whether so few bytes are not that they are damage: in any other encoding hardly a character would be."""
    text = joined.decode("utf-8", "replace")
    spoilt = text.count("\ufffd")
    beyond = sum(map(text.count, set(text) - _ASCII))
    return spoilt <= _SPOILT * beyond


def _byte(number: int) -> bytes:
    return bytes((number,))


def _wide(samples: Samples) -> str:
    """UTF-16 without its mark: in the wrong order of bytes it is full of what is no character."""
    strange = {encoding: _strange(samples, encoding) for encoding in ("utf-16-le", "utf-16-be")}
    best = min(strange, key=lambda encoding: strange[encoding])
    if strange[best] > _BINARY:
        raise declined("damaged")
    return best


def _strange(samples: Samples, encoding: str) -> float:
    """The share of what is no character of a text; what is seldom one counts a little."""
    if not samples.decode_by(encoding):
        return 1
    text = "".join(piece.decode(encoding, "ignore") for piece in samples.pieces)
    kinds = Counter(map(unicodedata.category, text.translate(_BREAKS)))
    none = kinds["Cc"] + kinds["Cn"] + kinds["Co"] + kinds["Cs"]
    return (none + 0.001 * (len(text) - text.count(" ") - text.count("\n"))) / max(1, len(text))


def _likely(joined: bytes) -> str:
    """From the lines that are not ASCII; the others say nothing of it."""
    lines = [line for line in joined.splitlines(keepends=True) if not line.isascii()]
    telling = b"".join(lines)[:JUDGED]
    fits = {encoding: _fit(telling, encoding) for encoding in _BYTES}
    best = max(fits, key=lambda encoding: fits[encoding])
    if fits[best] >= _FIT:
        return best
    guess = from_bytes(telling, cp_isolation=[*_BYTES, *_EAST], preemptive_behaviour=False).best()
    return guess.encoding if guess is not None else _OTHERWISE


def _fit(telling: bytes, encoding: str) -> float:
    try:
        text = telling.decode(encoding)
    except UnicodeDecodeError:
        return 0
    language = language_of(text)
    return fit(text, language) if speaks(text, language) else 0
