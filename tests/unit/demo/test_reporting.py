"""What the demo demands of a report, its mail and its link; each lack of it ends the story, by name."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.demo.papers import DATA
from infra.demo.reporting import altered, download, report, text_of
from infra.demo.timeline import NotSo
from tests.unit.demo.desk import LINK, MAILED, Desk, analysed, mail

DOCUMENT = analysed("mill-race.pdf", "en")


def test_the_mail_is_the_one_that_was_not_there_before(tmp_path: Path) -> None:
    found = report(Desk().person(), MAILED, DOCUMENT, tmp_path, [])
    assert found["id"] == "m1"
    assert (tmp_path / "report-mail.html").read_text() == mail(1)["html"]


def test_two_mails_are_not_so(tmp_path: Path) -> None:
    desk = Desk()
    desk.mails = [[], [mail(1), mail(2)]]
    with pytest.raises(NotSo, match="2 mails came"):
        report(desk.person(), MAILED, DOCUMENT, tmp_path, [])


def test_a_report_that_has_failed_is_waited_for_no_longer(tmp_path: Path) -> None:
    desk = Desk()
    desk.mails = [[]]
    desk.answers["GET", "/v1/jobs/j"] |= {"state": "failed", "reason": "permanent"}
    with pytest.raises(NotSo, match="generate_pdf has failed: permanent"):
        report(desk.person(), MAILED, DOCUMENT, tmp_path, [])


def test_the_report_is_left_for_the_eye(tmp_path: Path) -> None:
    desk, seen = Desk(), list[str]()
    download(desk.person(), mail(1), DOCUMENT, tmp_path, seen)
    assert (tmp_path / "report.pdf").read_bytes() == desk.pdf
    assert seen[0].startswith("3 pages, 64 kB")
    assert seen[1].endswith("403")


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Content-Type": "text/html", "Content-Disposition": "attachment; filename=a"}, "came as text/html"),
        ({"Content-Type": "application/pdf", "Content-Disposition": "inline"}, "'inline'"),
    ],
)
def test_a_report_that_comes_as_anything_else_is_not_so(tmp_path: Path, headers: Mapping[str, str], said: str) -> None:
    desk = Desk()
    desk.delivered = headers
    with pytest.raises(NotSo, match=said):
        download(desk.person(), mail(1), DOCUMENT, tmp_path, [])


def test_what_only_says_that_it_is_a_pdf_is_not_so(tmp_path: Path) -> None:
    desk = Desk()
    desk.pdf = b"<html>"
    with pytest.raises(NotSo, match="no PDF"):
        download(desk.person(), mail(1), DOCUMENT, tmp_path, [])


@pytest.mark.parametrize("missing", ["title", "keyword"])
def test_a_report_on_something_else_is_not_so(tmp_path: Path, missing: str) -> None:
    keywords = [{"word": "zeppelin"}] if missing == "keyword" else [{"word": "wheel"}]
    title = "Zeppelin" if missing == "title" else "The Mill Race"
    other = DOCUMENT | {"title": title, "analysis": {"keywords": keywords}}
    with pytest.raises(NotSo, match=r"(?i)'zeppelin' is nowhere"):
        download(Desk().person(), mail(1), other, tmp_path, [])


def test_a_link_that_works_when_altered_is_not_so(tmp_path: Path) -> None:
    desk = Desk()
    desk.links.add(altered(LINK))
    with pytest.raises(NotSo, match="one digit changed was answered 200"):
        download(desk.person(), mail(1), DOCUMENT, tmp_path, [])


@pytest.mark.parametrize("link", [LINK, LINK.replace("=0a1b", "=fa1b")])
def test_one_digit_of_the_signature_is_altered(link: str) -> None:
    assert sum(a != b for a, b in zip(link, altered(link), strict=True)) == 1


def test_a_link_without_a_signature_is_not_so() -> None:
    with pytest.raises(NotSo, match="not signed"):
        altered("http://store/bucket/reports/r.pdf")


def test_the_text_of_every_page_is_read() -> None:
    pages = text_of((DATA / "mill-race.pdf").read_bytes())
    assert [f"{number} / 3" in page for number, page in enumerate(pages, 1)] == [True] * 3
