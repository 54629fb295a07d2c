"""Text of HTML as a reader of the page sees it: no scripts, no styles, nothing hidden; lists and tables in lines.

The encoding is the mark's or what the page declares in its first kilobyte (the HTML standard, 13.2.3.2), and otherwise
what is likely. Nothing that the page refers to is fetched.
"""

import re
import sys
from pathlib import Path
from typing import Final

from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree, html

from functions.analyze_document.extraction.charset import encoding_of, named
from functions.analyze_document.extraction.declines import declined
from functions.analyze_document.extraction.found import Found
from functions.analyze_document.extraction.plain import beginning
from functions.analyze_document.extraction.samples import samples_of
from functions.analyze_document.extraction.writer import TextWriter

MOST: Final = 4_000_000
"""Characters of markup that are parsed: as a tree they take some twenty times their room."""
DEEPEST: Final = 2_048
"""Elements in elements; libxml2 goes no further."""
_ROOM: Final = 4 * DEEPEST
"""Calls in calls, for a tree of that depth."""

_DECLARED: Final = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([a-z0-9._:-]{2,40})", re.IGNORECASE)
_NOT_SHOWN: Final = ("script", "style", "template", "noscript", "iframe", "object", "svg", "math", "select", "textarea")
_PADDING: Final = re.compile(r"[ \t\u00a0]{2,}")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f]")
_CONFIG: Final = ParserConfig(css=CSS_PROFILES["strict"], display_links=False, display_images=False)


def read_html(path: Path, writer: TextWriter) -> Found:
    samples = samples_of(path)
    encoding = encoding_of(samples, _declared(samples.beginning))
    markup, cut = beginning(path, encoding, MOST)
    writer.write(text_of_markup(markup))
    return Found(encoding=encoding, cut=cut)


def text_of_markup(markup: str) -> str:
    """Of a page, or of a piece of HTML in another text. Raises Decline."""
    tree = _parsed(markup)
    return "" if tree is None else _shown(tree)


def _shown(tree: html.HtmlElement) -> str:
    etree.strip_elements(tree, *_NOT_SHOWN, with_tail=False)
    for hidden in tree.xpath("//*[@hidden or @aria-hidden='true']"):
        hidden.set("style", "display:none")  # to take each out would join the texts around it, again and again
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _ROOM))
    try:
        text: str = Inscriptis(tree, _CONFIG).get_text()
    finally:
        sys.setrecursionlimit(before)
    return _PADDING.sub("  ", text)


def _declared(start: bytes) -> str | None:
    found = _DECLARED.search(start[:1024])
    return named(found[1].decode("ascii")) if found is not None else None


def _parsed(markup: str) -> html.HtmlElement | None:
    """None for a page without any element or text."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    try:
        tree = html.document_fromstring(_CONTROL.sub("", markup).encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return None
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise declined("too_complex")
    return tree
