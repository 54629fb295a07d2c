"""Hostile HTML, Markdown and plain text: nesting, lengths and patterns that parsers are known to suffer from.

Each ends as is told here, and the next file is read as if nothing had been.
"""

from typing import Final

import pytest

from tests.integration.analyze_document.extraction.ending import ending
from tests.integration.analyze_document.extraction.read import HTML, MARKDOWN, PLAIN, Reading

LONG: Final = 100_000
"""Characters."""


@pytest.mark.parametrize("element", [b"<div>", b"<blockquote>", b"<ul><li>", b"<table><tr><td>", b"<b>", b"<x>"])
def test_html_that_is_a_hundred_thousand_elements_deep_is_declined(read: Reading, element: bytes) -> None:
    assert ending(read, element * 100_000 + b"deep", HTML).ended == "too_complex"


def test_what_is_nested_as_deep_as_careless_pages_are_is_read(read: Reading) -> None:
    assert ending(read, b"<font>" * 1_500 + b"deep" + b"<p>and on", HTML).text == "deep\n\nand on"


@pytest.mark.parametrize(
    "body",
    [
        b"<p " + b" ".join(b"a%d=b" % number for number in range(20_000)) + b">text",
        b"<p a='" + b"x" * 3_000_000 + b"'>text",
        b"<p style='" + b"display:none;" * 100_000 + b"'>x</p>text",
    ],
    ids=["many", "long", "styles"],
)
def test_no_number_or_length_of_attributes_hides_the_text(read: Reading, body: bytes) -> None:
    assert ending(read, body, HTML).text == "text"


@pytest.mark.parametrize(
    "unit",
    [
        b"<",
        b"&",
        b"<!--",
        b"<![CDATA[",
        b"</p>",
        b"<p",
        b"<td>a",
        b"<br>",
        b"<b hidden>a</b>x",
        b"<li>",
        b"&#x41",
        b"<?",
    ],
)
def test_html_is_read_of_which_one_thing_is_repeated_to_100_000_characters(read: Reading, unit: bytes) -> None:
    assert ending(read, b"text " + unit * (LONG // len(unit)), HTML).text.startswith("text")


def test_entities_in_html_are_not_defined_by_the_page(read: Reading) -> None:
    laughs = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><p>&b;</p>'
    assert "aaaaaaaaaa" not in ending(read, laughs, HTML).text.replace('"aaaaaaaaaa"', "")


@pytest.mark.parametrize(
    "unit",
    [
        b"[",
        b"![",
        b"*a **a ",
        b"_a__",
        b">",
        b"> - ",
        b"[a]: b\n",
        b"`",
        b"<",
        b"<!--",
        b"|a",
        b"  - a\n",
        b"\\",
        b"~~a",
    ],
)
def test_markdown_is_read_of_which_one_thing_is_repeated_to_100_000_characters(read: Reading, unit: bytes) -> None:
    assert ending(read, b"text\n\n" + unit * (LONG // len(unit)), MARKDOWN).text.startswith("text")


def test_lists_that_are_seven_hundred_deep_are_read(read: Reading) -> None:
    assert ending(read, b"".join(b"  " * depth + b"- a\n" for depth in range(700)), MARKDOWN).ended == "read"


def test_runs_of_backticks_of_every_length_are_read(read: Reading) -> None:
    assert ending(read, b" ".join(b"`" * length for length in range(1, 700)), MARKDOWN).ended == "read"


def test_front_matter_that_does_not_end_is_read_as_text(read: Reading) -> None:
    assert "title: x" in ending(read, b"---\n" + b"title: x\n" * 50_000, MARKDOWN).text


@pytest.mark.parametrize("unit", [b" ", b"\n", b"\r", b"\t\n", "\u3000".encode(), b"\xef\xbb\xbf"])
def test_five_megabytes_of_blank_space_are_an_empty_file(read: Reading, unit: bytes) -> None:
    assert ending(read, unit * (5_000_000 // len(unit)), PLAIN).ended == "empty"


def test_a_letter_under_a_million_marks_keeps_some_of_them(read: Reading) -> None:
    assert len(ending(read, b"a" + "\u0301\u0316".encode() * 500_000, PLAIN).text) < 1_000


def test_letters_that_grow_when_they_are_normalised_are_counted_as_they_are_kept(read: Reading) -> None:
    outcome = ending(read, "\ufb2c".encode() * 1_000_000, PLAIN, most=100_000)
    assert len(outcome.text) == 100_000


@pytest.mark.parametrize("kind", [HTML, MARKDOWN, PLAIN])
def test_one_line_of_ten_million_letters_is_cut(read: Reading, kind: str) -> None:
    assert len(ending(read, b"x" * 10_000_000, kind, most=100_000).text) == 100_000
