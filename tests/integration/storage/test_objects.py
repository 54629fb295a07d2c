"""One bucket, as Tigris and as Supabase Storage, on a real S3 server."""

import hashlib
from contextlib import aclosing
from pathlib import Path

import pytest

from shared.clock import new_token
from shared.config import StorageSettings
from shared.errors import DependencyDown
from shared.storage import Missing, Storage, TooLarge

TEXT = "text/plain"


@pytest.fixture
def folder() -> str:
    """A prefix of this test's own."""
    return f"test/{new_token().lstrip('-')}"


def hashed(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_what_was_created_is_there_with_its_size_type_and_checksum(storage: Storage, folder: str) -> None:
    body = b"millrace" * 1000
    assert await storage.create(f"{folder}/a", body, content_type=TEXT)
    found = await storage.head(f"{folder}/a")
    assert (found.size, found.content_type, found.sha256) == (len(body), TEXT, hashed(body))
    assert await storage.sha256(f"{folder}/a") == hashed(body)


async def test_an_object_is_written_once(storage: Storage, folder: str) -> None:
    assert await storage.create(f"{folder}/a", b"first", content_type=TEXT)
    assert not await storage.create(f"{folder}/a", b"second", content_type=TEXT)
    assert await storage.first(f"{folder}/a", 100) == b"first"


async def test_a_file_is_written_as_its_bytes_are(storage: Storage, folder: str, tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_bytes(b"x" * 2_500_000)
    assert await storage.create(f"{folder}/a", path, content_type=TEXT)
    assert await storage.sha256(f"{folder}/a") == hashed(path.read_bytes())


async def test_an_empty_object_is_an_object(storage: Storage, folder: str, tmp_path: Path) -> None:
    assert await storage.create(f"{folder}/a", b"", content_type=TEXT)
    assert (await storage.head(f"{folder}/a")).size == 0
    assert await storage.first(f"{folder}/a", 10) == b""
    assert [piece async for piece in storage.stream(f"{folder}/a")] == []
    assert await storage.save(f"{folder}/a", tmp_path / "a", most=0) == 0


async def test_what_is_not_there_is_missing(storage: Storage, folder: str, tmp_path: Path) -> None:
    key = f"{folder}/nothing"
    with pytest.raises(Missing) as caught:
        await storage.head(key)
    assert caught.value.key == key
    with pytest.raises(Missing):
        await storage.first(key, 10)
    with pytest.raises(Missing):
        await storage.copy(key, f"{folder}/b", content_type=TEXT)
    with pytest.raises(Missing):
        await storage.save(key, tmp_path / "a", most=10)
    with pytest.raises(Missing):
        await storage.sha256(key)
    assert left_in(tmp_path) == []


async def test_a_copy_has_the_bytes_and_a_type_of_its_own_and_goes_over_what_is_there(
    storage: Storage, folder: str
) -> None:
    await storage.create(f"{folder}/a", b"one", content_type="text/html")
    await storage.create(f"{folder}/b", b"another", content_type=TEXT)
    copied = await storage.copy(f"{folder}/a", f"{folder}/b", content_type="application/pdf")
    assert (copied.key, copied.size, copied.content_type) == (f"{folder}/b", 3, "application/pdf")
    assert copied.sha256 in {None, hashed(b"one")}
    assert await storage.first(f"{folder}/b", 10) == b"one"


async def test_the_beginning_of_an_object_is_read_alone(storage: Storage, folder: str) -> None:
    await storage.create(f"{folder}/a", b"0123456789" * 1000, content_type=TEXT)
    assert await storage.first(f"{folder}/a", 12) == b"012345678901"


async def test_a_stream_comes_in_pieces_and_may_begin_anywhere(storage: Storage, folder: str) -> None:
    body = bytes(range(256)) * 10_000
    await storage.create(f"{folder}/a", body, content_type=TEXT)
    pieces = [piece async for piece in storage.stream(f"{folder}/a")]
    assert [len(piece) for piece in pieces] == [1_000_000, 1_000_000, 560_000]
    assert b"".join(pieces) == body
    assert b"".join([piece async for piece in storage.stream(f"{folder}/a", start=2_000_001)]) == body[2_000_001:]
    assert [piece async for piece in storage.stream(f"{folder}/a", start=len(body))] == []


async def test_a_stream_may_be_left_early(storage: Storage, folder: str) -> None:
    await storage.create(f"{folder}/a", b"x" * 3_000_000, content_type=TEXT)
    async with aclosing(storage.stream(f"{folder}/a")) as pieces:
        async for piece in pieces:
            assert len(piece) == 1_000_000
            break
    assert (await storage.head(f"{folder}/a")).size == 3_000_000


async def test_an_object_is_saved_whole_or_not_at_all(storage: Storage, folder: str, tmp_path: Path) -> None:
    """Case 29."""
    body = b"y" * 1_500_000
    await storage.create(f"{folder}/a", body, content_type=TEXT)
    path = tmp_path / "saved"
    with pytest.raises(TooLarge) as caught:
        await storage.save(f"{folder}/a", path, most=len(body) - 1)
    assert caught.value.most == len(body) - 1
    with pytest.raises(DependencyDown, match="not those that were promised"):
        await storage.save(f"{folder}/a", path, most=len(body), sha256=hashed(b"other"))
    assert left_in(tmp_path) == []
    assert await storage.save(f"{folder}/a", path, most=len(body), sha256=hashed(body)) == len(body)
    assert path.read_bytes() == body
    assert left_in(tmp_path) == [path.name]


async def test_a_listing_comes_in_pages_that_can_be_taken_up_anywhere(
    storage: Storage, storage_settings: StorageSettings, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.storage.storage.BATCH", 3)
    keys = sorted(f"{folder}/{name}" for name in ("a b", "c+d", "e", "f", "g&h", "i=j", "k"))
    for key in keys:
        await storage.create(key, key.encode(), content_type=TEXT)
    pages = [[found.key for found in page] async for page in storage.list(f"{folder}/")]
    assert pages == [keys[:3], keys[3:6], keys[6:]]
    rest = [found async for page in storage.list(f"{folder}/", after=keys[2]) for found in page]
    assert [found.key for found in rest] == keys[3:]
    assert [found.size for found in rest] == [len(key) for key in keys[3:]]
    assert all(found.modified.tzinfo for found in rest)
    assert [page async for page in storage.list(f"{folder}/none")] == []


async def test_deleting_takes_any_number_and_does_not_mind_what_is_gone(storage: Storage, folder: str) -> None:
    await storage.create(f"{folder}/first", b"x", content_type=TEXT)
    await storage.create(f"{folder}/last", b"x", content_type=TEXT)
    keys = [f"{folder}/first", *(f"{folder}/{number}" for number in range(1498)), f"{folder}/last"]
    assert await storage.delete(keys) == []
    assert await storage.delete([]) == []
    assert [page async for page in storage.list(f"{folder}/")] == []


@pytest.mark.parametrize("key", ["", "/a", "a/", "a//b", "a/../b", "ä", "a\nb", "a#b", "x" * 901])
async def test_a_key_that_not_every_store_takes_is_refused_here(storage: Storage, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        await storage.create(key, b"x", content_type=TEXT)
    with pytest.raises(ValueError, match="not a key"):
        await storage.head(key)
    with pytest.raises(ValueError, match="not a key"):
        await storage.delete([key])
