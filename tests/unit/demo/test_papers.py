"""What the demo demands of uploads and analyses; each lack of it ends the story, by name."""

from collections.abc import Mapping
from typing import Any

import pytest

from infra.demo.papers import PAPERS, analysis, upload
from infra.demo.timeline import NotSo
from tests.unit.demo.desk import Desk, analysed

NAMES = [paper.path.name for paper in PAPERS]
DOCUMENTS: list[dict[str, Any]] = [{"id": name} for name in NAMES]


def test_each_file_is_put_with_the_headers_that_were_told_and_no_credentials() -> None:
    desk, seen = Desk(), list[str]()
    documents = upload(desk.person(), seen)
    assert [document["id"] for document in documents] == NAMES
    for paper, put in zip(PAPERS, desk.put, strict=True):
        assert put.content == paper.path.read_bytes()
        asked = desk.asked[paper.path.name]
        assert (put.headers["content-length"], asked["size"]) == (str(len(put.content)), len(put.content))
        assert put.headers["x-amz-checksum-sha256"] == asked["sha256"]
    assert desk.claims == [name for name in NAMES for _ in range(2)]
    assert "mill-race.pdf (64 kB)" in seen


def test_a_second_claim_that_makes_another_document_is_not_so() -> None:
    desk = Desk()
    desk.another_document = True
    with pytest.raises(NotSo, match=r"mill-race\.pdf, claimed again"):
        upload(desk.person(), [])


def test_the_language_and_the_heaviest_keywords_of_each_are_told() -> None:
    seen: list[str] = []
    analysis(Desk().person(), DOCUMENTS, seen)
    assert seen[2] == "suisha.md is ja, article: wheel, race"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"language": "fr"}, "taken for 'fr'"),
        ({"degraded": True}, "without the model"),
        ({"keywords": []}, "no keywords"),
    ],
)
def test_an_analysis_that_is_not_as_it_must_be_is_not_so(changes: Mapping[str, Any], said: str) -> None:
    desk = Desk()
    desk.answers["GET", "/v1/documents/muehlbach.docx"] = analysed("muehlbach.docx", "de") | {
        "analysis": analysed("", "de")["analysis"] | changes
    }
    with pytest.raises(NotSo, match=said):
        analysis(desk.person(), DOCUMENTS, [])


def test_a_file_that_can_not_be_read_is_named_with_the_reason() -> None:
    desk = Desk()
    desk.answers["GET", "/v1/documents/suisha.md"] |= {"status": "unreadable", "unreadable_because": "damaged"}
    with pytest.raises(NotSo, match=r"suisha\.md could not be read: damaged"):
        analysis(desk.person(), DOCUMENTS, [])


def test_a_failed_job_is_waited_for_no_longer() -> None:
    desk = Desk()
    desk.answers["GET", "/v1/documents/suisha.md"] |= {"status": "analysing"}
    desk.answers["GET", "/v1/jobs/j"] |= {"state": "failed", "reason": "exhausted"}
    with pytest.raises(NotSo, match="failed: exhausted"):
        analysis(desk.person(), DOCUMENTS, [])
