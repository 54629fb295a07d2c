"""What TypeScript can not see is refused when the compiled templates are checked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.templates.lint import problems

Edit = Callable[[str, str, str], list[str]]
LINK = 'href="\x02=link|url\x03"'


@pytest.fixture
def edited(tree: Path) -> Edit:
    """Replaces a piece of the compiled `sign_in` and gives what the check says."""

    def edit(kind: str, old: str, new: str) -> list[str]:
        file = tree / "compiled" / f"sign_in.{kind}"
        before = file.read_text("utf-8")
        assert old in before
        file.write_text(before.replace(old, new), "utf-8")
        return problems("sign_in", tree / "compiled")

    return edit


@pytest.mark.parametrize("name", ["sign_in", "report_ready", "job_failed"])
def test_the_committed_templates_have_no_problem(name: str, tree: Path) -> None:
    assert problems(name, tree / "compiled") == []


@pytest.mark.parametrize(
    ("kind", "old", "new", "said"),
    [
        ("txt", "=link|url", "=lnk|url", "sign_in.txt: lnk names no prop"),
        ("subject.txt", "=app", "=apps", "sign_in.subject.txt: apps names no prop"),
        ("html", "=requested_at|full", "=app", "sign_in.html: the prop requested_at is never shown"),
        ("txt", "=link|url", "=app", "sign_in.txt: the prop link is never shown"),
        ("txt", "=link|url", "=link", "sign_in.txt: link can not be shown as 'text'"),
        ("txt", "\x02=link|url\x03", "\x02#app\x03\x02=link|url\x03\x02/app\x03", "app is no list"),
        ("txt", "\x02=link|url\x03", "\x02?app\x03\x02=link|url\x03\x02/app\x03", "app is no list or optional prop"),
        ("html", LINK, 'href="\x02=app\x03"', "app stands in href"),
        ("html", LINK, 'href="https://x/\x02=link|url\x03"', "link stands in href"),
        ("html", LINK, 'href="\x02=link|url\x03?x"', "link stands in href"),
        ("html", LINK, f'onclick="\x02=app\x03" {LINK}', "app stands in the attribute onclick"),
        ("html", LINK, f'style="\x02=app\x03" {LINK}', "app stands in the attribute style"),
        ("html", LINK, f"\x02=app\x03 {LINK}", "app stands inside a tag"),
        ("html", "</style>", "\x02=app\x03</style>", "a marker stands in a comment, a style or a script"),
        ("html", "<h1", "<!-- \x02=app\x03 --><h1", "a marker stands in a comment, a style or a script"),
        ("html", "\x02=app\x03", "\x02=app", "a marker is cut"),
    ],
)
def test_a_misplaced_marker_is_named(kind: str, old: str, new: str, said: str, edited: Edit) -> None:
    assert any(said in problem for problem in edited(kind, old, new))


def test_an_optional_prop_outside_its_part_is_named(tree: Path) -> None:
    file = tree / "compiled" / "report_ready.txt"
    file.write_text(file.read_text("utf-8").replace("\x02?file\x03", "").replace("\x02/file\x03", ""), "utf-8")
    assert "report_ready.txt: file stands outside the part of file" in problems("report_ready", tree / "compiled")


def test_a_list_that_is_tested_but_not_walked_is_named(tree: Path) -> None:
    file = tree / "compiled" / "report_ready.txt"
    file.write_text(file.read_text("utf-8").replace("\x02#highlights\x03", "\x02?highlights\x03"), "utf-8")
    said = problems("report_ready", tree / "compiled")
    assert "report_ready.txt: highlights[] stands outside the part of highlights" in said


def test_a_missing_template_is_named(tree: Path) -> None:
    (tree / "compiled" / "sign_in.html").unlink()
    assert any("sign_in.html" in said for said in problems("sign_in", tree / "compiled"))
