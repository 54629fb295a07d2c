"""A process keeps its own copy of the index: it fetches what is new, and no failure leaves half a file."""

import asyncio
import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from shared import degraded
from shared.errors import DependencyDown
from shared.search.tantivy.disk import NAME, Disk
from shared.storage import Storage
from tests.integration.search.tantivy.place import Place, gone, mill


def root(process: Any) -> Path:
    found: Path = process.index._disk.root
    return found


async def test_a_change_of_one_document_moves_only_what_is_new(place: Place) -> None:
    writer, reader = place.process(), place.process()
    await writer.put(*[mill(f"{number:04}", text=f"mill {number} " * 50) for number in range(500)])
    assert len(await reader.found("mill")) == 500
    everything = reader.index.fetched
    await writer.put(mill("0007", 2, text="a zebra"))
    assert await reader.found("zebra") == {"0007"}
    assert reader.index.fetched - everything < 30_000 < everything
    assert writer.index.fetched == 0, "a writer has made what it reads"


async def test_a_search_without_a_change_fetches_nothing(place: Place) -> None:
    await place.process().put(mill("one"))
    reader = place.process()
    await reader.found("mill")
    before = reader.index.fetched
    assert (await reader.found("mill"), reader.index.fetched) == ({"one"}, before)


async def test_twenty_searches_at_once_fetch_the_index_once(place: Place) -> None:
    writer = place.process()
    await writer.put(mill("one"))
    size = (await place.generation())["packs"][0][1]
    reader = place.process()
    assert await asyncio.gather(*[reader.found("mill") for _ in range(20)]) == [{"one"}] * 20
    assert reader.index.fetched == size


async def test_a_pack_that_is_cut_off_leaves_nothing_and_is_fetched_again(place: Place) -> None:
    """Case 29."""
    await place.process().put(mill("one"))
    reader = place.process()
    real = Storage.save

    async def cut_off(self: Storage, key: str, path: Path, **more: Any) -> int:
        await real(self, key, path, **more)
        os.truncate(path, 100)
        return 100

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Storage, "save", cut_off)
        with pytest.raises(Exception, match="pack"):
            await reader.found("mill")
    assert list((root(reader) / "packs").iterdir()) == []
    assert await reader.found("mill") == {"one"}


async def test_other_bytes_than_the_generation_promises_are_not_taken(place: Place) -> None:
    await place.process().put(mill("one"))
    [[key, size, _]] = (await place.generation())["packs"]
    await place.storage.delete([key])
    await place.storage.create(key, b"x" * size, content_type="application/x-tar")
    with pytest.raises(DependencyDown):
        await place.process().found("mill")


async def test_a_disk_that_somebody_has_emptied_is_filled_again(place: Place) -> None:
    writer, reader = place.process(), place.process()
    await writer.put(mill("one"))
    await reader.found("mill")
    shutil.rmtree(root(reader))
    await writer.put(mill("two"))
    assert await reader.found("mill") == {"one", "two"}
    shutil.rmtree(root(reader) / "packs")
    (root(reader) / "packs").mkdir()
    await writer.put(mill("three"))
    assert await reader.found("mill") == {"one", "two", "three"}


@pytest.mark.parametrize("what", ["everything", "one file of each"])
async def test_a_writer_fetches_its_own_last_commit_where_somebody_has_removed_it(place: Place, what: str) -> None:
    writer = place.process()
    await writer.put(mill("one"))
    await writer.found("mill")
    if what == "everything":
        shutil.rmtree(root(writer))
    for store in root(writer).rglob("*.store"):
        store.unlink()
    await writer.put(mill("two"))
    assert await writer.found("mill") == {"one", "two"}


async def test_what_no_generation_needs_is_removed_from_the_disk(place: Place) -> None:
    writer, reader = place.process(), place.process()
    await writer.put(mill("one"))
    await reader.found("mill")
    await writer.put(gone("one"), mill("two"))
    assert await reader.found("mill") == {"two"}
    assert len(list((root(reader) / "packs").iterdir())) == 1
    assert len(list((root(reader) / "open").iterdir())) == 1
    assert list(root(reader).glob("work-*")) == []


def test_what_a_dead_process_left_is_swept_and_a_living_ones_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead = tmp_path / f"{NAME}dead"
    dead.mkdir()
    (dead / "lock").touch()
    living, new = Disk(), Disk()
    there = living.root
    assert new.root != there
    assert (dead.exists(), there.exists()) == (False, True)
    living.close()
    new.close()
    assert not any(tmp_path.glob("*"))


async def test_a_store_that_is_away_leaves_the_older_copy(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, reader = place.process(), place.process()
    await writer.put(mill("one"))
    await reader.found("mill")
    await writer.put(mill("two"))

    async def away(*_: Any, **__: Any) -> int:
        raise DependencyDown("storage", "away")

    with monkeypatch.context() as patch:
        patch.setattr(Storage, "save", away)
        with degraded.watched() as fallbacks:
            assert await reader.found("mill") == {"one"}
        assert set(fallbacks) == {"storage"}
        with pytest.raises(DependencyDown):
            await place.process().found("mill")
    assert await reader.found("mill") == {"one", "two"}


async def test_a_full_disk_leaves_the_older_copy_and_its_packs(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, reader = place.process(), place.process()
    await writer.put(mill("one"))
    await reader.found("mill")
    await writer.put(mill("two"))

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    for where in ("shared.storage.saving._Part.take", "shared.search.tantivy.disk.write_meta"):
        with monkeypatch.context() as patch:
            patch.setattr(where, full)
            with degraded.watched() as fallbacks:
                assert await reader.found("mill") == {"one"}
            assert set(fallbacks) == {"disk"}
    before = reader.index.fetched
    assert (await reader.found("mill"), reader.index.fetched) == ({"one", "two"}, before)
