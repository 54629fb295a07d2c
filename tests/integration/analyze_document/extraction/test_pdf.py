"""Text of PDFs: of those that have some, and why there is none of the others."""

import pytest

from shared.documents.content import PDF
from tests.integration.analyze_document.extraction.made import locked_pdf, pdf, scanned_pdf
from tests.integration.analyze_document.extraction.read import Reading


def test_a_pdf_is_read_page_by_page(read: Reading) -> None:
    outcome = read(pdf("First page.\nIts second line.", "Second page."), PDF)
    assert outcome.text == "First page.\nIts second line.\n\nSecond page."
    assert outcome.answer == {
        "characters": len(outcome.text),
        "truncated": False,
        "encoding": None,
    }


@pytest.mark.parametrize(
    ("font", "text"),
    [
        ("HeiseiMin-W3", "図書館の予算を承認しました。"),
        ("STSong-Light", "委员会批准了明年的预算。"),
        ("HYSMyeongJo-Medium", "위원회는 예산을 승인했습니다."),
    ],
)
def test_text_of_the_east_is_read(read: Reading, font: str, text: str) -> None:
    assert read(pdf(text, font=font), PDF).text == text


def test_a_word_that_is_broken_at_a_lines_end_is_one_word(read: Reading) -> None:
    assert "example" in read(pdf("For exam-\nple this one."), PDF).text


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128"])
def test_a_pdf_that_needs_a_password_is_encrypted(read: Reading, algorithm: str) -> None:
    assert read(locked_pdf("Text.", user="secret", owner="other", algorithm=algorithm), PDF).ended == "encrypted"


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128"])
def test_a_pdf_that_only_its_owners_password_protects_is_read(read: Reading, algorithm: str) -> None:
    assert read(locked_pdf("Text.", user="", owner="secret", algorithm=algorithm), PDF).text == "Text."


def test_a_picture_of_a_page_is_scanned(read: Reading) -> None:
    assert read(scanned_pdf(), PDF).ended == "scanned"


def test_pages_with_nothing_on_them_are_empty(read: Reading) -> None:
    assert read(pdf("", ""), PDF).ended == "empty"


def test_no_more_is_read_than_is_asked_for(read: Reading) -> None:
    outcome = read(pdf(*(f"Page {number}." for number in range(50))), PDF, most=100)
    assert outcome.answer is not None
    assert outcome.answer["truncated"]
    assert outcome.answer["characters"] == len(outcome.text) <= 100
    assert outcome.text.startswith("Page 0.\n\nPage 1.")


def test_a_pdf_that_is_cut_off_is_damaged_or_read_as_far_as_it_goes(read: Reading) -> None:
    whole = pdf("First page.", "Second page.")
    ends = {read(whole[: len(whole) * part // 10], PDF).ended for part in range(1, 10)}
    assert ends <= {"damaged", "read", "empty"}
    assert "damaged" in ends


@pytest.mark.parametrize("body", [b"%PDF-1.7\n", b"<html>No PDF</html>", b"\0" * 1000, pdf("Text.")[:200]])
def test_what_is_no_pdf_is_damaged(read: Reading, body: bytes) -> None:
    assert read(body, PDF).ended == "damaged"


def test_what_comes_before_a_pdf_in_its_file_is_passed_over(read: Reading) -> None:
    assert read(b"junk that mailers add\n" + pdf("Text."), PDF).text == "Text."
