"""The documentation says what the code does, where that can be compared, and its links lead somewhere."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Final

import pytest

from shared.observability import COUNTED
from shared.runs.claim import Verdict
from shared.runs.model import State

ROOT: Final = Path(__file__).parents[3]
PAGES: Final = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
HOW_A_RUN_LIVES: Final = ROOT / "docs" / "how-a-run-lives.md"

_FENCED: Final = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchor(heading: str) -> str:
    """What GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken(page: Path) -> list[str]:
    """The relative links of a page that lead nowhere."""
    wrong = []
    for link in _LINK.findall(_FENCED.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, part = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (part and part not in map(anchor, _HEADING.findall(target.read_text("utf-8")))):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_link_to_a_missing_page_or_heading_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# A heading, with `code`\n", "utf-8")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](there.md) [b](there.md#a-heading-with-code) [c](https://example.com/x)\n"
        "[d](missing.md) [e](there.md#another) [f](#none)\n```\n[g](in-code.md)\n```\n",
        "utf-8",
    )
    assert broken(page) == ["missing.md", "there.md#another", "#none"]


def test_every_page_is_in_reach_of_the_readme() -> None:
    seen: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        seen.add(page)
        links = (link.partition("#")[0] for link in _LINK.findall(page.read_text("utf-8")))
        found = {(page.parent / link).resolve() for link in links if link.endswith(".md") and ":" not in link}
        ahead += [target for target in found - seen if target.exists()]
    assert set(PAGES) <= seen


@pytest.mark.parametrize("kind", [State, Verdict])
def test_how_a_run_lives_explains_every_state_and_every_verdict(kind: type[StrEnum]) -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", HOW_A_RUN_LIVES.read_text("utf-8"), re.MULTILINE))
    assert {member.value for member in kind} <= rows
    assert rows <= {member.value for of in (State, Verdict) for member in of}


def test_how_a_run_lives_names_every_metric() -> None:
    text = HOW_A_RUN_LIVES.read_text("utf-8")
    assert [name for name in {*COUNTED.values(), "Duration", "QueueLag"} if f"`{name}`" not in text] == []
