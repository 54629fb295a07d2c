"""What the templates say, without typesetting them."""

import re
from pathlib import Path
from typing import Final

import pytest

TEMPLATES: Final = Path(__file__).parents[3] / "functions/generate_pdf/templates"

TAKES_A_PATH: Final = re.compile(
    r"\b(?:read|csv|yaml|toml|xml|cbor|image|plugin|bibliography|attach|path|theme|syntaxes|style|include|eval)\b"
    r"|\bjson\b(?!\(bytes\()"
    r'|\bimport\b(?! "house\.typ": \*\n)'
)
"""Every word of Typst 0.15 that opens a file (https://typst.app/docs/reference), or by which words become code."""


def opened_by(code: str) -> list[str]:
    """Comments do nothing."""
    return TAKES_A_PATH.findall(re.sub(r"//.*", "", code))


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.typ")), ids=lambda path: path.name)
def test_no_template_opens_a_file_but_the_house_s_own(template: Path) -> None:
    assert opened_by(template.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "code",
    [
        '#read("/etc/passwd")',
        "#let look = read",
        '#json("a")',
        "#json(data.name)",
        '#csv("a")',
        '#yaml("a")',
        '#toml("a")',
        '#xml("a")',
        '#cbor("a")',
        '#set page(background: image("a"))',
        '#plugin("a")',
        '#bibliography("a")',
        '#cite(<a>, style: "a")',
        '#raw("a", theme: "a")',
        '#raw("a", syntaxes: "a")',
        '#pdf.attach("a")',
        '#path("a")',
        '#include "a.typ"',
        '#import "a.typ": *',
        '#import "@preview/cetz:0.3.0"',
        "#import data.name\n",
        '#eval("1 + 1")',
    ],
)
def test_every_way_to_open_a_file_would_be_seen(code: str) -> None:
    assert len(opened_by(code)) == 1
