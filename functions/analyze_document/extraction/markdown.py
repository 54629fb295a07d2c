"""Text of Markdown (CommonMark, tables): words without their marks, links as what they are called, code as it is.

It is parsed in sections of bounded length, so that no section can cost more than a moment (a few patterns take time in
the square of their length), each with the link definitions of its own.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from functions.analyze_document.extraction.charset import encoding_of
from functions.analyze_document.extraction.found import Found
from functions.analyze_document.extraction.hypertext import text_of_markup
from functions.analyze_document.extraction.plain import beginning
from functions.analyze_document.extraction.samples import samples_of
from functions.analyze_document.extraction.writer import TextWriter

MOST: Final = 3_000_000
"""Characters of source."""
SECTION: Final = 16_000
"""Characters, about: to the next empty line, or at most twice as many."""

_FRONT_MATTER: Final = re.compile(r"\A\s*(---|\+\+\+)[ \t]*\n.{0,20000}?\n\1[ \t]*(?:\n|\Z)", re.DOTALL)
_BLANK: Final = re.compile(r"\n[ \t]*\n")
_BLOCKS: Final = frozenset(
    {
        "paragraph_close",
        "heading_close",
        "hr",
        "bullet_list_close",
        "ordered_list_close",
        "blockquote_close",
        "table_close",
    }
)


def read_markdown(path: Path, writer: TextWriter) -> Found:
    encoding = encoding_of(samples_of(path))
    source, cut = beginning(path, encoding, MOST)
    front = _FRONT_MATTER.match(source := source.replace("\r\n", "\n").replace("\r", "\n"))
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for section in _sections(source, front.end() if front else 0):
        if writer.truncated:
            break
        for piece in _pieces(parser.parse(section)):
            writer.write(piece)
        writer.write("\n\n")
    return Found(encoding=encoding, cut=cut)


def _sections(source: str, start: int) -> Iterator[str]:
    while start < len(source):
        blank = _BLANK.search(source, start + SECTION, start + 2 * SECTION)
        end = blank.end() if blank else start + (SECTION if start + 2 * SECTION < len(source) else 2 * SECTION)
        yield source[start:end]
        start = end


def _pieces(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        match token.type:
            case "inline":
                yield "".join(_inline(token.children or []))
            case "fence" | "code_block":
                yield token.content + "\n"
            case "html_block":
                yield text_of_markup(token.content) + "\n"
            case "list_item_open":
                yield "- " if token.info == "" else f"{token.info}{token.markup} "
            case "td_close" | "th_close":
                yield "\t"
            case "tr_close":
                yield "\n"
            case "paragraph_close" if token.hidden:  # of an item in a list without empty lines
                yield "\n"
            case kind if kind in _BLOCKS:
                yield "\n\n"


def _inline(tokens: Sequence[Token]) -> Iterator[str]:
    """Of a picture it is what is said in its place."""
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                yield token.content
            case "softbreak" | "hardbreak":
                yield "\n"
            case "image":
                yield from _inline(token.children or [])
