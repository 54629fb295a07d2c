"""A signed URL lets in the bytes that were promised and gives them as was said: shown on a real S3 server.

That it does nothing else is shown in tests/security/test_signed_urls.py.
"""

import hashlib
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
