"""A signed URL lets in one object's own bytes, or gives one object, until it expires: shown on a real S3 server."""

import asyncio
import base64
import hashlib
import re
import socket
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import httpx
import pytest

from shared.clock import new_token
from shared.storage import SignedPut, Storage, content_disposition

BODY: Final = "Grüße an alle. ".encode() * 100
TEXT: Final = "text/plain; charset=utf-8"
MINUTES: Final = timedelta(minutes=5)
ORIGIN: Final = "http://localhost:3000"
"""As in tests/conftest.py."""


def hashed(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@pytest.fixture
def key() -> str:
    return f"uploads/{new_token()}"


@pytest.fixture
def signed(storage: Storage, key: str) -> SignedPut:
    return storage.presign_put(key, content_type=TEXT, size=len(BODY), sha256=hashed(BODY), expires=MINUTES)


def put(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    given = {name: value for name, value in headers.items() if name != "content-length"}
    return httpx.put(url, content=body, headers=given, trust_env=False, timeout=30).status_code


async def test_what_was_promised_is_taken(storage: Storage, key: str, signed: SignedPut) -> None:
    assert put(signed.url, BODY, signed.headers) == 200
    found = await storage.head(key)
    assert (found.size, found.content_type, found.sha256) == (len(BODY), TEXT, hashed(BODY))


def test_the_length_the_type_and_the_checksum_are_signed(signed: SignedPut) -> None:
    assert "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bx-amz-checksum-sha256" in signed.url
    assert set(signed.headers) == {"content-length", "content-type", "x-amz-checksum-sha256"}


async def refuses(storage: Storage, key: str, url: str, body: bytes, headers: Mapping[str, str]) -> None:
    assert put(url, body, headers) in {400, 403}
    assert [page async for page in storage.list(key)] == []


async def test_other_bytes_of_the_same_length_are_refused(storage: Storage, key: str, signed: SignedPut) -> None:
    await refuses(storage, key, signed.url, BODY.swapcase(), signed.headers)


async def test_other_bytes_with_a_checksum_of_their_own_are_refused(
    storage: Storage, key: str, signed: SignedPut
) -> None:
    other = BODY.swapcase()
    digest = base64.b64encode(hashlib.sha256(other).digest()).decode()
    await refuses(storage, key, signed.url, other, {**signed.headers, "x-amz-checksum-sha256": digest})


@pytest.mark.parametrize("body", [BODY[:-1], BODY + b"!", b""])
async def test_another_length_is_refused(storage: Storage, key: str, signed: SignedPut, body: bytes) -> None:
    await refuses(storage, key, signed.url, body, signed.headers)


async def test_another_type_is_refused(storage: Storage, key: str, signed: SignedPut) -> None:
    await refuses(storage, key, signed.url, BODY, {**signed.headers, "content-type": "text/html"})


async def test_no_checksum_is_refused(storage: Storage, key: str, signed: SignedPut) -> None:
    await refuses(storage, key, signed.url, BODY, {"content-type": TEXT})


async def test_another_key_is_refused(storage: Storage, key: str, signed: SignedPut) -> None:
    other = f"{key}x"
    await refuses(storage, other, signed.url.replace(key, other), BODY, signed.headers)


async def test_a_url_that_has_expired_is_refused(storage: Storage, key: str) -> None:
    signed = storage.presign_put(
        key, content_type=TEXT, size=len(BODY), sha256=hashed(BODY), expires=timedelta(seconds=1)
    )
    await asyncio.sleep(2.5)
    await refuses(storage, key, signed.url, BODY, signed.headers)


async def test_a_url_cannot_be_made_to_last_longer(storage: Storage, key: str, signed: SignedPut) -> None:
    longer = re.sub(r"X-Amz-Expires=\d+", "X-Amz-Expires=604800", signed.url)
    assert longer != signed.url
    await refuses(storage, key, longer, BODY, signed.headers)


def test_a_url_to_put_gives_nothing_and_one_to_get_takes_nothing(storage: Storage, key: str, signed: SignedPut) -> None:
    assert put(signed.url, BODY, signed.headers) == 200
    assert httpx.get(signed.url, headers={"content-type": TEXT}, trust_env=False).status_code == 403
    url = storage.presign_get(key, disposition="attachment", content_type=TEXT, expires=MINUTES)
    assert put(url, BODY, signed.headers) == 403
    assert httpx.delete(url, trust_env=False).status_code == 403


def get(url: str) -> httpx.Response:
    return httpx.get(url, trust_env=False, timeout=30)


def test_a_download_has_the_headers_that_were_signed(storage: Storage, key: str, signed: SignedPut) -> None:
    put(signed.url, BODY, signed.headers)
    disposition = content_disposition('Bericht "Müller"; 한글.pdf')
    answer = get(
        storage.presign_get(key, disposition=disposition, content_type="application/octet-stream", expires=MINUTES)
    )
    assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers["content-disposition"] == disposition
    assert answer.headers["content-type"] == "application/octet-stream"


async def test_a_download_by_an_expired_or_altered_url_is_refused(
    storage: Storage, key: str, signed: SignedPut
) -> None:
    put(signed.url, BODY, signed.headers)
    brief = storage.presign_get(key, disposition="attachment", content_type=TEXT, expires=timedelta(seconds=1))
    url = storage.presign_get(key, disposition="attachment", content_type=TEXT, expires=MINUTES)
    other = f"uploads/{new_token()}"
    assert await storage.create(other, b"another's", content_type=TEXT)
    assert get(url).status_code == 200
    assert get(url.replace(key, other)).status_code == 403
    assert get(url.replace("=attachment", "=inline")).status_code == 403
    assert get(url.partition("?")[0]).status_code == 403
    await asyncio.sleep(2.5)
    assert get(brief).status_code == 403


def test_a_page_of_a_configured_origin_may_put(signed: SignedPut) -> None:
    asks = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type,x-amz-checksum-sha256",
    }
    answer = httpx.options(signed.url, headers=asks, trust_env=False)
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "PUT" in answer.headers["access-control-allow-methods"]
    other = httpx.options(signed.url, headers={**asks, "Origin": "http://evil.example"}, trust_env=False)
    assert "access-control-allow-origin" not in other.headers


def test_signing_calls_nobody(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a connection nor a look-up of a name, not even for the first signature of a process."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    signed = storage.presign_put("a", content_type=TEXT, size=1, sha256=hashed(b"x"), expires=MINUTES)
    assert urlsplit(signed.url).path.endswith("/a")
    assert storage.presign_get("a", disposition="attachment", content_type=TEXT, expires=MINUTES)


@pytest.mark.parametrize("expires", [timedelta(0), timedelta(seconds=-1), timedelta(days=7, seconds=1)])
def test_a_url_for_ever_or_for_no_time_is_refused(storage: Storage, expires: timedelta) -> None:
    with pytest.raises(ValueError, match="seven days"):
        storage.presign_get("a", disposition="attachment", content_type=TEXT, expires=expires)


@pytest.mark.parametrize("sha256", ["", "00", "zz" * 32, "00" * 33])
def test_what_is_no_sha256_is_not_signed(storage: Storage, sha256: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        storage.presign_put("a", content_type=TEXT, size=1, sha256=sha256, expires=MINUTES)
