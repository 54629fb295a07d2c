"""Text of HTML, Markdown and plain text, in any encoding."""

import pytest

from tests.integration.analyze_document.extraction.read import HTML, MARKDOWN, PLAIN, Reading
from tests.unit.analyze_document.texts import TEXTS


def page(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<h1>A</h1><p>b <b>c</b></p>", "A\n\nb c"),
        ("a<script>var x = 'not text';</script><style>p {color: red}</style>b", "ab"),
        ("a<p hidden>x</p><p style='display: none'>y</p><p aria-hidden='true'>z</p>", "a"),
        ("a<template>x</template><noscript>y</noscript>", "a"),
        ("<ul><li>one</li><li>two</li></ul>", "  * one\n  * two"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>", "1  2\n3  4"),
        ("a &amp; b &copy; &#x6587;", "a & b © 文"),
        ("a<!-- not text -->b", "ab"),
        ("<p>unclosed <b>and <i>wrongly</b> nested", "unclosed and wrongly nested"),
        ("<a href='javascript:x()'>a link</a>", "a link"),
    ],
)
def test_html_is_read_as_it_is_shown(read: Reading, body: str, text: str) -> None:
    assert read(page(body), HTML).text.strip("\n") == text


def test_a_pages_title_is_none_of_its_text(read: Reading) -> None:
    assert read(page("Text.", "<title>Отчёт</title>"), HTML).text == "Text."


@pytest.mark.parametrize(
    ("label", "tag"),
    [
        ("windows-1251", "ru"),
        ("koi8-r", "ru"),
        ("Shift_JIS", "ja"),
        ("euc-kr", "ko"),
        ("gb2312", "zh"),
        ("utf-8", "hi"),
    ],
)
def test_a_page_is_read_by_the_encoding_that_it_declares(read: Reading, label: str, tag: str) -> None:
    body = page(f"<p>{TEXTS[tag]}</p>", f'<meta charset="{label}">').decode().encode(label)
    assert read(body, HTML).text == TEXTS[tag]


def test_where_the_words_are_too_few_to_tell_the_declaration_counts(read: Reading) -> None:
    body = page("<p>Žąsys ėjo</p>", '<meta charset="iso-8859-4">').decode().encode("iso8859_4")
    assert read(body, HTML).text == "Žąsys ėjo"


def test_a_page_that_declares_the_wrong_encoding_is_read_by_the_right_one(read: Reading) -> None:
    assert read(page(f"<p>{TEXTS['el']}</p>", '<meta charset="shift_jis">'), HTML).text == TEXTS["el"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
def test_a_mark_is_believed_before_what_is_declared(read: Reading, encoding: str) -> None:
    body = page(f"<p>{TEXTS['ru']}</p>", '<meta charset="latin1">').decode().encode(encoding)
    assert read(body, HTML).text == TEXTS["ru"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# A *title*\n\nText with **marks** and `code`.", "A title\n\nText with marks and code."),
        ("[a link](http://example.com 'x') and ![a picture](y.png)", "a link and a picture"),
        ("- one\n- two\n  - three\n", "- one\n- two\n- three"),
        ("3. three\n4. four\n", "3. three\n4. four"),
        ("> quoted\n> twice", "quoted\ntwice"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a\tb\n1\t2"),
        ("```python\nx = 1  # kept\n```", "x = 1  # kept"),
        ("    indented()\n", "indented()"),
        ("a\n\n<div><p>in <b>HTML</b></p><script>x()</script></div>\n", "a\n\nin HTML"),
        ("a <b>word</b> in tags", "a word in tags"),
        ("[by name][x]\n\n[x]: http://example.com", "by name"),
        ("~~gone~~", "gone"),
        ("---\ntitle: Its title\ntags: [a]\n---\nText.", "Text."),
        ('+++\ntitle = "Its title"\n+++\n\nText.', "Text."),
        ("\\*no marks\\*", "*no marks*"),
    ],
)
def test_markdown_is_read_without_its_marks(read: Reading, source: str, text: str) -> None:
    assert read(source.encode(), MARKDOWN).text.strip() == text


def test_a_long_note_is_read_to_its_end(read: Reading) -> None:
    source = "".join(f"Line *{number}* of a long note.\n\n" for number in range(5_000))
    text = read(source.encode(), MARKDOWN).text
    assert text.splitlines()[::2] == [f"Line {number} of a long note." for number in range(5_000)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "koi8_r", "cp1251", "iso8859_5", "cp866"])
def test_plain_text_is_read_in_any_encoding(read: Reading, encoding: str) -> None:
    outcome = read(f"{TEXTS['ru']}\r\n\r\n\r\n\r\nThe end.".encode(encoding), PLAIN)
    assert outcome.text == f"{TEXTS['ru']}\n\nThe end."


def test_a_few_broken_bytes_are_replaced_and_change_nothing_else(read: Reading) -> None:
    whole = TEXTS["ru"].encode()
    text = read(whole + b" \xd0 " + whole + b" \xff\n", PLAIN).text
    assert text == f"{TEXTS['ru']} \ufffd {TEXTS['ru']} \ufffd"


@pytest.mark.parametrize("kind", [HTML, MARKDOWN, PLAIN])
@pytest.mark.parametrize("body", [b"", b" \n\t \r\n", b"\xef\xbb\xbf", "\u3000\u00a0\n".encode()])
def test_a_text_without_a_visible_character_is_empty(read: Reading, kind: str, body: bytes) -> None:
    assert read(body, kind).ended == "empty"


@pytest.mark.parametrize("kind", [HTML, MARKDOWN, PLAIN])
@pytest.mark.parametrize("body", [b"%PDF-1.7\n1 0 obj\n", b"PK\x03\x04\x14\0\0\0\x08\0", b"\x89PNG\r\n\x1a\n\0\0\0\r"])
def test_a_file_of_another_type_is_damaged(read: Reading, kind: str, body: bytes) -> None:
    assert read(body * 20, kind).ended == "damaged"


def test_a_type_that_is_only_stored_is_not_read(read: Reading) -> None:
    assert read(b"\x89PNG", "image/png").ended == "unsupported"


def test_a_large_text_takes_no_more_memory_than_a_small_one(read: Reading) -> None:
    """Twenty megabytes of which nearly all is blank, so that all of it is looked at."""
    assert read(TEXTS["ru"].encode("koi8_r"), PLAIN).ended == "read"
    before = read.peak
    line = b" " * 999 + b"\n"
    assert read(TEXTS["en"].encode() + line * 20_000 + b"The end.", PLAIN).text.endswith("\n\nThe end.")
    assert read.peak - before < 20_000_000
