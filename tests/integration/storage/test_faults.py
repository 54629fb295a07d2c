"""Whatever stands in the place of storage, a call has an end, and says what it means in our terms."""

import base64
import hashlib
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from shared.breakers import BreakerOpen, LocalBreaker
from shared.errors import DependencyDown
from shared.storage import Missing, Refused
from tests.integration.storage.opened import CALLS, ETAG, TEXT, Call, opened
from tests.integration.storage.scripted import Answer, refusal, said, scripted

HEADED = said(200, "", ETag=ETAG, Content_Length="5", Content_Type=TEXT)
PUT = said(200, "", ETag=ETAG)


async def fails(call: Call, *answers: Answer) -> DependencyDown:
    async with scripted(*answers) as script:
        with opened(script) as storage, pytest.raises(DependencyDown) as caught:
            await call(storage)
    assert caught.value.service == "storage"
    return caught.value


async def test_storage_that_is_down(call: Call) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # and never listened at
        async with scripted(None) as script:
            away = script.settings.model_copy(update={"storage_endpoint": f"http://127.0.0.1:{held.getsockname()[1]}"})
        with opened(away) as storage, pytest.raises(DependencyDown) as caught:
            await call(storage)
    assert (caught.value.service, caught.value.its_fault) == ("storage", True)


async def test_storage_that_hangs_up(call: Call) -> None:
    assert (await fails(call, b"")).its_fault


async def test_storage_that_answers_garbage(call: Call) -> None:
    await fails(call, b"\x00\xff\x00 no http\r\n\r\n")


async def test_a_page_in_the_place_of_storage(call: Call) -> None:
    await fails(call, said(200, "<html>It works!</html>", Content_Type="text/html"))


async def test_an_error_page_in_the_place_of_storage(call: Call) -> None:
    error = await fails(call, said(502, "<html>Bad gateway</html>", Content_Type="text/html"))
    assert error.message == "storage: status 502"


async def test_storage_that_throttles_is_left_alone_for_as_long_as_it_says(call: Call) -> None:
    assert (await fails(call, refusal(503, "SlowDown"))).retry_after == 5
    assert (await fails(call, refusal(429, "TooManyRequests", Retry_After="17"))).retry_after == 17


async def test_a_key_that_is_not_taken_is_a_deployments_fault_and_not_the_runs(call: Call) -> None:
    await fails(call, refusal(403, "SignatureDoesNotMatch"))


async def test_another_refusal_is_for_good() -> None:
    async with scripted(refusal(400, "EntityTooLarge")) as script:
        with opened(script) as storage, pytest.raises(Refused) as caught:
            await storage.create("a", b"body", content_type=TEXT)
    assert (caught.value.reason, caught.value.status) == ("EntityTooLarge", 400)


@pytest.mark.parametrize("name", ["copy", "create", "first", "delete", "list"])
async def test_a_bucket_that_is_not_there_is_no_missing_object(name: str) -> None:
    """A deploy mends it; a claim or a cleanup that took it for a missing file would act on that."""
    await fails(CALLS[name], refusal(404, "NoSuchBucket"))


async def test_a_page_that_is_not_found_is_no_missing_object() -> None:
    await fails(CALLS["first"], said(404, "<html>Not found</html>", Content_Type="text/html"))


async def test_bytes_that_were_damaged_on_the_way_may_be_sent_again() -> None:
    async with scripted(refusal(400, "BadDigest"), PUT) as script:
        with opened(script, attempts=2) as storage:
            assert await storage.create("a", b"body", content_type=TEXT)
    assert [asked.method for asked in script.asked] == ["PUT", "PUT"]


async def test_what_tigris_is_sent_is_written_once_and_checked() -> None:
    async with scripted(PUT) as script:
        with opened(script) as storage:
            await storage.create("a", b"body", content_type=TEXT)
    (asked,) = script.asked
    assert "if-none-match: *" in asked.head
    digest = hashlib.sha256(b"body").digest()
    assert f"x-amz-checksum-sha256: {base64.b64encode(digest).decode().lower()}" in asked.head


async def test_supabase_is_asked_first_and_read_back() -> None:
    """It heeds neither the condition nor the checksum."""
    body = said(200, "body", ETag=ETAG, Content_Type=TEXT)
    async with scripted(said(404), PUT, body, provider="supabase") as script:
        with opened(script) as storage:
            assert await storage.create("a", b"body", content_type=TEXT)
    assert [asked.method for asked in script.asked] == ["HEAD", "PUT", "GET"]
    assert "if-none-match" not in script.asked[1].head


async def test_what_supabase_did_not_keep_whole_is_deleted_before_it_is_told() -> None:
    """Or the next try would find it there and be content."""
    body = said(200, "doby", ETag=ETAG, Content_Type=TEXT)
    async with scripted(said(404), PUT, body, said(204), provider="supabase") as script:
        with opened(script) as storage, pytest.raises(DependencyDown, match="damaged"):
            await storage.create("a", b"body", content_type=TEXT)
    assert [asked.method for asked in script.asked] == ["HEAD", "PUT", "GET", "DELETE"]


async def test_keys_that_a_store_says_nothing_of_were_not_deleted() -> None:
    xml = (
        "<DeleteResult><Deleted><Key>a</Key></Deleted>"
        "<Error><Key>b</Key><Code>AccessDenied</Code></Error><Error><Key>c</Key><Code>NoSuchKey</Code></Error>"
        "</DeleteResult>"
    )
    async with scripted(said(200, xml, Content_Type="application/xml")) as script:
        with opened(script) as storage:
            assert await storage.delete(["a", "b", "c", "d"]) == ["b", "d"]


async def test_a_stream_that_breaks_is_taken_up_where_it_broke() -> None:
    body = "0123456789" * 150_000

    def half(writer: Any) -> None:
        writer.write(said(200, body, ETag=ETAG)[: -len(body) // 3])

    def rest(writer: Any) -> None:
        writer.write(said(206, body[1_000_000:], ETag=ETAG, Content_Range="bytes 1000000-1499999/1500000"))

    async with scripted(half, rest) as script:
        with opened(script, attempts=2) as storage:
            assert await storage.sha256("a") == hashlib.sha256(body.encode()).hexdigest()
    assert "range: bytes=1000000-" in script.asked[1].head


async def test_an_object_that_was_replaced_while_it_was_read_is_not_mixed() -> None:
    body = "0123456789" * 150_000

    def half(writer: Any) -> None:
        writer.write(said(200, body, ETag=ETAG)[: -len(body) // 3])

    def other(writer: Any) -> None:
        writer.write(said(206, body[1_000_000:], ETag='"another"'))

    async with scripted(half, other) as script:
        with opened(script, attempts=2) as storage, pytest.raises(DependencyDown, match="replaced"):
            await storage.sha256("a")


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_an_answer_that_ends_early_leaves_no_file(tmp_path: Path) -> None:
    """Case 29."""
    async with scripted(lambda writer: writer.write(said(200, "0123456789", ETag=ETAG)[:-3])) as script:
        with opened(script) as storage, pytest.raises(DependencyDown):
            await storage.save("a", tmp_path / "a", most=100)
    assert left_in(tmp_path) == []


async def test_failures_open_the_breaker_and_refusals_do_not() -> None:
    async with scripted(refusal(404, "NoSuchKey")) as script:
        with opened(script, breaker=LocalBreaker("storage", time.monotonic, failures=2)) as storage:
            for _ in range(5):
                with pytest.raises(Missing):
                    await storage.first("a", 10)
            script.answers[:] = [said(500)]
            for _ in range(2):
                with pytest.raises(DependencyDown):
                    await storage.first("a", 10)
            with pytest.raises(BreakerOpen):
                await storage.first("a", 10)
    assert len(script.asked) == 7
