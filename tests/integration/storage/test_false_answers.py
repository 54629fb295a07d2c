"""Answers that are well-formed and untrue: none of them passes for an object's bytes, or for the end of a list."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.errors import DependencyDown
from tests.integration.storage.opened import ETAG, TEXT, listed, opened
from tests.integration.storage.scripted import refusal, said, scripted

BODY = "0123456789" * 150_000
READ = 1_000_000
"""Bytes of it that arrive before the connection breaks."""

LINE = (
    f"<Contents><Key>a</Key><Size>1</Size><ETag>{ETAG}</ETag>"
    "<LastModified>2026-11-24T03:15:45.000Z</LastModified></Contents>"
)


def cut(body: str) -> Callable[[Any], None]:
    """The beginning of an answer."""
    return lambda writer: writer.write(said(200, body, ETag=ETAG)[: -len(body) // 3])


@pytest.mark.parametrize(
    "answer",
    [
        said(200, BODY, ETag=ETAG),
        said(206, BODY, ETag=ETAG, Content_Range=f"bytes 0-{len(BODY) - 1}/{len(BODY)}"),
        said(206, BODY[READ:], ETag=ETAG),
    ],
    ids=["all of it", "another part", "no word of which"],
)
async def test_bytes_from_elsewhere_are_not_appended(answer: bytes) -> None:
    """A store, or what stands before it, may ignore a range: the hash would be of no object."""
    async with scripted(cut(BODY), answer) as script:
        with opened(script, attempts=2) as storage, pytest.raises(DependencyDown, match="none of its own"):
            await storage.sha256("a")
    assert f"range: bytes={READ}-" in script.asked[1].head


async def test_the_end_of_an_object_is_not_taken_from_its_beginning() -> None:
    async with scripted(said(200, BODY, ETag=ETAG)) as script:
        with opened(script) as storage, pytest.raises(DependencyDown, match="none of its own"):
            await anext(storage.stream("a", start=100))


async def test_an_object_that_became_shorter_while_it_was_read_has_not_ended() -> None:
    async with scripted(cut(BODY), refusal(416, "InvalidRange")) as script:
        with opened(script, attempts=2) as storage, pytest.raises(DependencyDown, match="replaced"):
            await storage.sha256("a")
    assert len(script.asked) == 2


async def test_a_beginning_that_was_cut_off_is_not_all_there_is() -> None:
    async with scripted(cut("0123456789" * 10)) as script:
        with opened(script) as storage, pytest.raises(DependencyDown, match="ended early"):
            await storage.first("a", 1000)


async def test_a_copy_that_is_not_there_is_the_stores_fault_and_no_missing_source() -> None:
    xml = f"<CopyObjectResult><ETag>{ETAG}</ETag></CopyObjectResult>"
    async with scripted(said(200, xml, Content_Type="application/xml"), said(404)) as script:
        with opened(script) as storage, pytest.raises(DependencyDown, match="the copy is not there"):
            await storage.copy("a", "b", content_type=TEXT)


async def test_a_copy_that_failed_after_its_200_was_sent_has_failed() -> None:
    """S3 begins its answer before it has copied."""
    xml = "<Error><Code>InternalError</Code><Message>made up</Message></Error>"
    async with scripted(said(200, xml, Content_Type="application/xml")) as script:
        with opened(script) as storage, pytest.raises(DependencyDown):
            await storage.copy("a", "b", content_type=TEXT)
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    "again", [LINE, "", LINE.replace("<Key>a<", "<Key>B<")], ids=["the same page", "an empty page", "an earlier page"]
)
async def test_a_list_that_does_not_come_to_its_end_has_none(again: str) -> None:
    """It is neither asked for the same for ever, nor taken for whole."""
    pages = (f"<ListBucketResult><IsTruncated>true</IsTruncated>{line}</ListBucketResult>" for line in (LINE, again))
    async with scripted(*(said(200, page, Content_Type="application/xml") for page in pages)) as script:
        with opened(script) as storage, pytest.raises(DependencyDown, match="none of its own"):
            await listed(storage)
    assert len(script.asked) == 2


async def test_a_hash_that_is_none_is_not_believed() -> None:
    """Of parts, of another length, or no base64: the object is hashed by who needs to know."""
    parts = said(200, ETag=ETAG, x_amz_checksum_sha256="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=-2")
    composite = said(
        200,
        ETag=ETAG,
        x_amz_checksum_sha256="K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=",
        x_amz_checksum_type="COMPOSITE",
    )
    async with scripted(parts, composite, said(200, ETag=ETAG, x_amz_checksum_sha256="AAAA")) as script:
        with opened(script) as storage:
            assert [(await storage.head("a")).sha256 for _ in range(3)] == [None] * 3
