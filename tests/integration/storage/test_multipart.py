"""Multipart uploads that others began: found page by page, weighed, and aborted once or twice."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.clock import new_token
from shared.config import StorageSettings
from shared.storage import Storage, Unfinished, multipart
from tests.support.bare_s3 import bare_s3


@pytest.fixture
def s3(storage_settings: StorageSettings) -> Iterator[Any]:
    client = bare_s3(storage_settings)
    yield client
    client.close()


@pytest.fixture
def begun(s3: Any, storage_settings: StorageSettings) -> Unfinished:
    """Of two parts."""
    at = {"Bucket": storage_settings.storage_bucket, "Key": f"uploads/{new_token()}"}
    upload = s3.create_multipart_upload(**at)["UploadId"]
    for number in (1, 2):
        s3.upload_part(**at, UploadId=upload, PartNumber=number, Body=b"12345")
    (found,) = (one for one in s3.list_multipart_uploads(Bucket=at["Bucket"])["Uploads"] if one["UploadId"] == upload)
    return Unfinished(at["Key"], upload, found["Initiated"])


async def test_one_is_found_and_weighed_until_it_is_aborted(storage: Storage, begun: Unfinished) -> None:
    assert begun in await _all(storage)
    assert await storage.multipart.size(begun) == 10
    for _ in range(2):
        await storage.multipart.abort(begun)
    assert begun not in await _all(storage)
    assert await storage.multipart.size(begun) == 0


async def test_pages_are_gone_through_to_the_end(
    storage: Storage, storage_settings: StorageSettings, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multipart, "PAGE", 2)
    key = f"uploads/{new_token()}"
    made = {
        s3.create_multipart_upload(Bucket=storage_settings.storage_bucket, Key=f"{key}{number % 3}")["UploadId"]
        for number in range(5)
    }
    found = await _all(storage)
    assert made <= {one.id for one in found}
    assert len(found) == len({one.id for one in found})
    for one in found:
        if one.id in made:
            await storage.multipart.abort(one)


async def _all(storage: Storage) -> list[Unfinished]:
    found, following = await storage.multipart.page()
    everything = list(found)
    while following:
        found, following = await storage.multipart.page(following)
        everything += found
    return everything
