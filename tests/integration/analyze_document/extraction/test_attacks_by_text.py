"""Hostile HTML, Markdown and plain text: nesting, lengths and patterns that parsers are known to suffer from."""

from typing import Final

import pytest

from tests.integration.analyze_document.extraction.read import HTML, MARKDOWN, PLAIN, Reading

LONG: Final = 100_000
"""Characters."""


def ends(read: Reading, body: bytes, kind: str, *allowed: str) -> None:
    assert read(body, kind, seconds=40).ended in {*allowed, "time", "memory"}
    assert read(b"The next file.", kind).text == "The next file."


@pytest.mark.parametrize("element", [b"<div>", b"<blockquote>", b"<ul><li>", b"<table><tr><td>", b"<b>", b"<x>"])
def test_elements_a_hundred_thousand_deep(read: Reading, element: bytes) -> None:
    ends(read, element * 100_000 + b"deep", HTML, "too_complex", "read")


def test_what_is_nested_as_deep_as_careless_pages_are_is_read(read: Reading) -> None:
    assert read(b"<font>" * 1_500 + b"deep" + b"<p>and on", HTML).text == "deep\n\nand on"


@pytest.mark.parametrize(
    "body",
    [
        b"<p " + b" ".join(b"a%d=b" % number for number in range(20_000)) + b">text",
        b"<p a='" + b"x" * 3_000_000 + b"'>text",
        b"<p style='" + b"display:none;" * 100_000 + b"'>x</p>text",
    ],
    ids=["many", "long", "styles"],
)
def test_attributes_without_measure(read: Reading, body: bytes) -> None:
    ends(read, body, HTML, "read")


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
def test_html_of_one_thing_again_and_again(read: Reading, unit: bytes) -> None:
    ends(read, b"text " + unit * (LONG // len(unit)), HTML, "read", "empty", "too_complex")


def test_entities_in_html_are_not_defined_by_the_page(read: Reading) -> None:
    laughs = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><p>&b;</p>'
    assert "aaaaaaaaaa" not in read(laughs, HTML).text.replace('"aaaaaaaaaa"', "")


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
def test_markdown_of_one_thing_again_and_again(read: Reading, unit: bytes) -> None:
    ends(read, b"text\n\n" + unit * (LONG // len(unit)), MARKDOWN, "read")


def test_lists_in_lists_without_end(read: Reading) -> None:
    ends(read, b"".join(b"  " * depth + b"- a\n" for depth in range(700)), MARKDOWN, "read")


def test_runs_of_backticks_of_every_length(read: Reading) -> None:
    ends(read, b" ".join(b"`" * length for length in range(1, 700)), MARKDOWN, "read")


def test_front_matter_that_does_not_end(read: Reading) -> None:
    ends(read, b"---\n" + b"title: x\n" * 50_000, MARKDOWN, "read")


@pytest.mark.parametrize("unit", [b" ", b"\n", b"\r", b"\t\n", "\u3000".encode(), b"\xef\xbb\xbf"])
def test_five_megabytes_of_nothing(read: Reading, unit: bytes) -> None:
    ends(read, unit * (5_000_000 // len(unit)), PLAIN, "empty")


def test_a_letter_under_a_million_marks(read: Reading) -> None:
    ends(read, b"a" + "\u0301\u0316".encode() * 500_000, PLAIN, "read")


def test_letters_that_grow_when_they_are_normalised(read: Reading) -> None:
    outcome = read("\ufb2c".encode() * 1_000_000, PLAIN, most=100_000)
    assert len(outcome.text) <= 100_000


@pytest.mark.parametrize("kind", [HTML, MARKDOWN, PLAIN])
def test_one_line_of_ten_million_letters(read: Reading, kind: str) -> None:
    ends(read, b"x" * 10_000_000, kind, "read")
