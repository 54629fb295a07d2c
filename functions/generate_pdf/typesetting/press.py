"""typst's compiler with our fonts and templates, kept warm: the first report takes up to 0.1 s, the next one 0.02.

PDF/UA-1 is what tells of a missing glyph: typst refuses to write a file in which a character has none. What it names
is set as U+FFFD, for everybody to see, rather than failing a report for one rune in a title; the answer says how many.
 Nothing else of the machine is read: no system fonts, no file outside of the templates, no packages.
"""

import json
import re
import unicodedata
from ast import literal_eval
from pathlib import Path
from typing import Any, Final

import manimgx_fonts  # type: ignore[import-untyped]  # files, and no types
import manimgx_fonts_cjk  # type: ignore[import-untyped]  # the same
import typst

TEMPLATES: Final = Path(__file__).parents[1] / "templates"
FONTS: Final = [str(Path(str(package.__file__)).parent) for package in (manimgx_fonts, manimgx_fonts_cjk)]
REPLACEMENT: Final = "\ufffd"
ROUNDS: Final = 12
"""How often it is compiled: a mark that no font can put on its letter is found first, and then what that has hidden.
Pages of nothing else were seen to take seven.
"""

_MISSING: Final = re.compile(r'the text `("(?:[^"\\]|\\.)*")` could not be displayed')
_RUST: Final = re.compile(r"\\u\{([0-9a-f]+)\}")


class Unprintable(Exception):
    """Some characters can neither be set nor replaced."""


class Press:
    def __init__(self) -> None:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=FONTS)
        self._compiler = typst.Compiler(root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)

    def typeset(self, template: str, data: dict[str, Any]) -> tuple[bytes, int]:
        """The PDF, and how many different characters of it are replaced. Raises Unprintable."""
        text = json.dumps(data, ensure_ascii=False)
        replaced = set[str]()
        for _ in range(ROUNDS):
            try:
                return self._compiled(template, text), len(replaced)
            except typst.TypstError as error:
                missing = missing_in(error.diagnostic)
                if not missing:
                    raise
            replaced |= missing
            text = text.translate(dict.fromkeys(map(ord, missing), REPLACEMENT))
        raise Unprintable

    def _compiled(self, template: str, text: str) -> bytes:
        pdf = self._compiler.compile(
            input=TEMPLATES / f"{template}.typ",
            root=TEMPLATES,
            sys_inputs={"data": text},
            format="pdf",
            pdf_standards=["ua-1"],
        )
        if not isinstance(pdf, bytes):
            raise TypeError("a PDF is one file")
        return pdf


def missing_in(diagnostic: str) -> set[str]:
    """The characters that typst's words name as shown by no font.

    With a mark that can't stand on its letter the letter is named too: then only marks are taken. ASCII never is: JSON
    is written in it.
    """
    named = {character for quoted in _MISSING.findall(diagnostic) for character in _unquoted(quoted)}
    named = {character for character in named if not character.isascii()}
    marks = {character for character in named if unicodedata.category(character).startswith("M")}
    return marks or named


def _unquoted(quoted: str) -> str:
    r"""A string as Rust writes it in errors, as in `"\u{f7c}"`."""
    text: str = literal_eval(_RUST.sub(lambda escape: f"\\U{int(escape[1], 16):08x}", quoted))
    return text
