"""What is typeset: accessible, byte-stable, in every script, and nothing of it is anything but text."""

import time
import unicodedata
from random import Random

import pytest
import typst

from functions.generate_pdf import data
from functions.generate_pdf.contract import Item
from functions.generate_pdf.request import request
from functions.generate_pdf.typesetting.pages import pages_of
from functions.generate_pdf.typesetting.press import FONTS, Press, missing_in
from tests.unit.generate_pdf.inspected import edges, glyphs, opened, root, tags, words_in
from tests.unit.generate_pdf.samples import CREATED, SCRIPTS, analysis, document, table

HOSTILE = {
    "a file": '#read("/etc/passwd")',
    "an import": '#import "house.typ": *',
    "an include": '#include "/etc/passwd"',
    "strong": "*bold* _emphasis_",
    "code": "`#sys.inputs`",
    "a label": "<label>",
    "a reference": "@nothing",
    "backslashes": "\\u{41} \\ \\\\",
    "mathematics": "$x^2$",
    "a heading": "= Heading",
    "a list": "- item",
    "a comment": "// gone /* gone */",
    "an end": '"}] #panic("x")',
    "a link": "https://example.com/a?b=c#d",
    "a quote": "\"quoted\" 'quoted'",
    "dashes": "a--b---c ...",
}


def report(text: str, language: str = "en", **more: object) -> dict[str, object]:
    """With `text` in every place that a stranger can fill."""
    told = analysis(
        summary=text,
        key_points=[text],
        keywords=[{"word": text[:60], "weight": 0.5}],
        language=language,
        model=text,
        **more,
    )
    return data.report(document(text, name=text), told, CREATED)


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("template", ["report", "table"])
def test_every_script_is_set_with_no_glyph_missing(press: Press, template: str, name: str) -> None:
    language, text = SCRIPTS[name]
    given = report(text, language)
    if template == "table":
        asked = table(
            Item(what=text, price=1), title=text, seller=(text,), note=text, language=language.partition("-")[0]
        )
        given = data.table(asked)
    pdf, unprintable = press.typeset(**request(template, given))
    drawn = list(glyphs(pdf))
    assert unprintable == 0
    assert len(drawn) > 100
    assert 0 not in drawn


def test_the_inspection_sees_a_missing_glyph() -> None:
    """Without PDF/UA typst writes one and says nothing."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=FONTS)
    source = '#set text(font: "Noto Sans"); ab\u16a0'.encode()
    written = typst.Compiler(source, font_paths=fonts, ignore_system_fonts=True).compile(format="pdf")
    assert isinstance(written, bytes)
    assert 0 in list(glyphs(written))


@pytest.mark.parametrize("text", ["ᚠᚢᚦ", "\ue000", "\U00012000", "x\u0f7cx", "\u0e01\u0f7c", "\uffff"])
def test_what_no_font_has_is_shown_as_such_and_counted(press: Press, text: str) -> None:
    pdf, unprintable = press.typeset(**request("report", report(f"before {text} after")))
    assert unprintable >= 1
    assert 0 not in set(glyphs(pdf))
    assert "before" in words_in(pdf)
    assert "\ufffd" in words_in(pdf)


def test_words_of_nothing_that_any_font_has_are_set_all_the_same(press: Press) -> None:
    """Marks upon letters upon marks, of scripts that have no font here: each round finds some of them."""
    random = Random(7)
    marks = [chr(point) for point in range(0x20000) if unicodedata.category(chr(point)).startswith("M")]
    odd = [*marks, *map(chr, range(0x900, 0x1200)), *map(chr, range(0x10000, 0x1FFFF))]
    text = "".join(random.choices(marks, k=60) + random.choices(odd, k=120))
    _, replaced = press.typeset(**request("report", report(text)))
    assert replaced > 100


def test_what_typst_names_as_missing_is_read_from_its_words() -> None:
    said = r'error: PDF/UA-1 error: the text `"\u{f7c}"` could not be displayed with font `"Noto Sans"`'
    assert missing_in(said) == {"\u0f7c"}
    assert missing_in("error: something else") == set()


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("template", ["report", "table"])
def test_no_words_are_markup(press: Press, template: str, what: str) -> None:
    text = HOSTILE[what]
    given = report(text)
    if template == "table":
        given = data.table(table(Item(what=text, price=1), title=text, number=text, buyer=(text,), note=text))
    pdf, _ = press.typeset(**request(template, given))
    seen = words_in(pdf).replace(" ", "").replace("-\n", "")
    assert text.replace(" ", "").replace("...", "…") in seen.replace("...", "…")
    assert "root:" not in seen
    assert "/Link" not in tags(pdf)


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b\x01",
        "a\ud800b",
        "a\u2028b\u2029c",
        "\u202eabc\u2066d",
        "\u200fabc\u200e",
        "W" * 255,
        "x" * 1000,
        "\n" * 50,
        "\u0301" * 50,
        "\u200d\u200b\ufe0f",
        "水" * 255,
    ],
)
def test_odd_words_are_typeset_all_the_same(press: Press, text: str) -> None:
    pdf, _ = press.typeset(**request("report", report(text[:1500] or "x")))
    assert root(pdf)["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("template", ["report", "table"])
@pytest.mark.parametrize(
    "text", ["W" * 255, "W " * 100, "\u05d0" * 200, "\u6c34" * 255, "https://example.com/" + "W" * 99]
)
def test_nothing_is_drawn_beyond_the_margins(press: Press, template: str, text: str) -> None:
    given = report(text)
    if template == "table":
        asked = table(Item(what=text, price=1), title=text[:200], seller=(text[:200],), number=text[:200], note=text)
        given = data.table(asked)
    pdf, _ = press.typeset(**request(template, given))
    left, right = edges(pdf)
    assert left > 60
    assert right < 535


@pytest.mark.parametrize(("language", "lang"), [("en", "en"), ("ar", "ar"), ("zh-Hant", "zh-TW"), ("und", "en")])
def test_a_pdf_says_what_readers_of_it_aloud_need(press: Press, language: str, lang: str) -> None:
    pdf, _ = press.typeset(**request("report", report("Water", language)))
    catalogue, information = root(pdf), opened(pdf).metadata
    assert (catalogue["/MarkInfo"]["/Marked"], catalogue["/Lang"]) == (True, lang)
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid:part" in catalogue["/Metadata"].get_data().decode()
    assert information is not None
    assert information.title == "Water"
    assert {"/Title", "/H1", "/L", "/Figure", "/Table", "/TH", "/TD"} <= set(tags(pdf))


def test_the_chart_is_told_in_words(press: Press) -> None:
    keywords = [{"word": "mill", "weight": 1.0}, {"word": "grain", "weight": 0.25}]
    given = data.report(document(), analysis(keywords=keywords), CREATED)
    pdf, _ = press.typeset(**request("report", given))
    assert b"mill 100, grain 25" in pdf


@pytest.mark.parametrize("template", ["report", "table"])
def test_the_same_data_makes_the_same_bytes_whenever_and_after_whatever(
    press: Press, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"report": data.report(document(), analysis(), CREATED), "table": data.table(table())}
    first, _ = press.typeset(**request(template, given[template]))
    for other in given.values():
        press.typeset(**request("table" if other is given["table"] else "report", other))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(time.time()) - 86_400))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert Press().typeset(**request(template, given[template]))[0] == first
    information = opened(first).metadata
    assert information is not None
    assert information.creation_date is None


def test_a_header_row_stands_on_every_page_and_the_sums_on_the_last_with_an_item(press: Press) -> None:
    items = [Item(what=f"Board {number} " + "of oak " * (number % 30), price=1) for number in range(120)]
    pdf, _ = press.typeset(**request("table", data.table(table(*items))))
    pages = [page.extract_text() for page in opened(pdf).pages]
    assert len(pages) == pages_of(pdf) >= 4
    assert all("Description" in page for page in pages)
    assert [page for page, text in enumerate(pages) if "Total" in text] == [len(pages) - 1]
    assert "Subtotal" in pages[-1]
    assert "Board 119" in pages[-1]
    assert f"{len(pages)} / {len(pages)}" in pages[-1]


@pytest.mark.parametrize("count", range(36, 60, 3))
def test_sums_never_stand_alone_on_a_page(press: Press, count: int) -> None:
    pdf, _ = press.typeset(**request("table", data.table(table(*[Item(what="Board", price=1)] * count))))
    last = opened(pdf).pages[-1].extract_text()
    assert "Subtotal" in last
    assert "Total" in last
    assert "Board" in last.partition("Subtotal")[0].replace("The Board of", "")


def test_the_pages_are_counted_as_another_library_counts_them(press: Press) -> None:
    for count in (1, 60, 900):
        pdf, _ = press.typeset(**request("table", data.table(table(*[Item(what="Board", price=1)] * count))))
        assert pages_of(pdf) == len(opened(pdf).pages)
