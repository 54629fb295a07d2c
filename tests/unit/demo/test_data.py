"""The files of tests/data: small, told with their licence, and what their sources make."""

import io
import zipfile
from pathlib import Path

import pytest

from infra.demo.papers import DATA, PAPERS, Paper
from infra.demo.reporting import text_of
from shared.documents.content import plausible
from tests.data.make import make


def contents(name: str, body: bytes) -> object:
    """Without how it is packed: another build of zlib packs otherwise."""
    if name.endswith(".pdf"):
        return text_of(body)
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        return {entry: package.read(entry) for entry in package.namelist()}


def test_what_is_here_is_what_the_sources_make() -> None:
    for name, body in make().items():
        assert contents(name, (DATA / name).read_bytes()) == contents(name, body), "run: python -m tests.data.make"


@pytest.mark.parametrize("path", [paper.path for paper in PAPERS], ids=lambda path: path.name)
def test_each_file_is_small_and_named_where_the_licence_is(path: Path) -> None:
    assert path.stat().st_size < 200_000
    assert f"`{path.name}`" in (DATA / "README.md").read_text("utf-8")


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.path.name)
def test_each_file_is_of_the_type_that_the_demo_says(paper: Paper) -> None:
    body = paper.path.read_bytes()
    assert plausible(paper.content_type, body, body)
