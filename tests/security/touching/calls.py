"""A call of a signed URL, and every way in which somebody may try to get more of it than was signed."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import httpx

BODY: Final = "Grüße an alle. ".encode() * 100
OTHER: Final = BODY.swapcase()
"""As long, and something else."""


def checksum(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@dataclass(frozen=True)
class Call:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    key: str
    """What the URL was signed for."""
    other: str
    """Another object, which is there."""

    @property
    def bucket(self) -> str:
        return urlsplit(self.url).path.split("/")[1]

    def send(self) -> httpx.Response:
        """As a browser would, which writes the length by itself."""
        headers = {name: value for name, value in self.headers.items() if name != "content-length"}
        body = self.body or None
        return httpx.request(self.method, self.url, content=body, headers=headers, trust_env=False, timeout=30)

    def by(self, method: str) -> "Call":
        return replace(self, method=method)

    def at(self, key: str) -> "Call":
        changed = self.url.replace(self.key, key)
        assert changed != self.url
        return replace(self, url=changed)

    def putting(self, body: bytes, **headers: str) -> "Call":
        return replace(self, body=body).saying(**headers)

    def saying(self, **headers: str) -> "Call":
        """With other headers; an underscore stands for a hyphen, and an empty one is left out."""
        given = dict(self.headers) | {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={name: value for name, value in given.items() if value})

    def asking(self, change: Callable[[dict[str, str]], Mapping[str, str]]) -> "Call":
        """With another query."""
        parts = urlsplit(self.url)
        query = change(dict(parse_qsl(parts.query)))
        changed = urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))
        assert changed != self.url
        return replace(self, url=changed)

    def adding(self, **query: str) -> "Call":
        """With more in its query, or something else; an underscore stands for a hyphen."""
        return self.asking(lambda asked: asked | {name.replace("_", "-"): value for name, value in query.items()})


Attack = Callable[[Call], Call]

ON_ALL: Final[Mapping[str, Attack]] = {
    "unsigned": lambda call: call.asking(lambda _: {}),
    "at another's key": lambda call: call.at(call.other),
    "at a key beside it": lambda call: call.at(f"{call.key}x"),
    "by a path to another's": lambda call: call.at(f"{call.key}/%2E%2E/%2E%2E/{call.other}"),
    "at its folder": lambda call: call.at(""),
    "lasting longer": lambda call: call.adding(X_Amz_Expires="604800"),
    "signed later": lambda call: call.adding(X_Amz_Date="20990101T000000Z"),
    "of another's access key": lambda call: call.asking(
        lambda asked: asked | {"X-Amz-Credential": "x" + asked["X-Amz-Credential"]}
    ),
    "with less signed": lambda call: call.adding(X_Amz_SignedHeaders="content-type"),
    "with no signature": lambda call: call.adding(X_Amz_Signature=""),
    "with another signature": lambda call: call.adding(X_Amz_Signature="0" * 64),
    "with more asked": lambda call: call.adding(a="b"),
    "of another version": lambda call: call.adding(versionId="1"),
    "of its access list": lambda call: call.adding(acl=""),
    "by PATCH": lambda call: call.by("PATCH"),
    "by POST": lambda call: call.by("POST"),
    "by DELETE": lambda call: call.by("DELETE"),
    "by HEAD": lambda call: call.by("HEAD"),
}

ON_PUT: Final[Mapping[str, Attack]] = {
    **ON_ALL,
    "to get": lambda call: replace(call.by("GET"), body=b""),
    "other bytes": lambda call: call.putting(OTHER),
    "other bytes with their checksum": lambda call: call.putting(OTHER, x_amz_checksum_sha256=checksum(OTHER)),
    "a byte less": lambda call: call.putting(BODY[:-1]),
    "a byte more": lambda call: call.putting(BODY + b"!"),
    "nothing": lambda call: call.putting(b""),
    "another type": lambda call: call.saying(content_type="text/html"),
    "no type": lambda call: call.saying(content_type=""),
    "no checksum": lambda call: call.saying(x_amz_checksum_sha256=""),
    "for everybody to read": lambda call: call.saying(x_amz_acl="public-read"),
    "a copy of another's": lambda call: call.saying(x_amz_copy_source=f"/{call.bucket}/{call.other}"),
    "a part of more": lambda call: call.adding(partNumber="1", uploadId="x"),
}

ON_GET: Final[Mapping[str, Attack]] = {
    **ON_ALL,
    "to put": lambda call: replace(call.by("PUT"), body=OTHER),
    "to be shown": lambda call: call.adding(response_content_disposition="inline"),
    "as a page": lambda call: call.adding(response_content_type="text/html"),
    "as it was stored": lambda call: call.asking(
        lambda asked: {name: value for name, value in asked.items() if not name.startswith("response-")}
    ),
}

STATUS: Final[Mapping[str, int]] = {
    "other bytes": 400,
    "by a path to another's": 400,
    "with no signature": 400,
    "by PATCH": 405,
    "by POST": 405,
}
"""Of those that it is not the signature that refuses: it is 403 for all others."""
