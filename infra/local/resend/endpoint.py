"""Where a webhook goes, and what signs it: Svix's scheme (https://docs.svix.com/receiving/verifying-payloads/how)."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where webhooks go, and the secret (`whsec_` and base64) that signs them."""

    url: str
    secret: str

    def __post_init__(self) -> None:
        if not self._key:
            raise ValueError("a webhook secret is `whsec_` followed by base64")
        if not _callable(self.url):
            raise ValueError("a webhook's URL is http or https, with a host and a port")

    def sign(self, message_id: str, timestamp: int, body: str) -> str:
        """The `svix-signature` of one attempt."""
        signed = f"{message_id}.{timestamp}.{body}".encode()
        return "v1," + base64.b64encode(hmac.digest(self._key, signed, hashlib.sha256)).decode()

    @property
    def _key(self) -> bytes:
        return base64.b64decode(self.secret.removeprefix("whsec_"), validate=True)


def _callable(url: str) -> bool:
    """Whether a call of it can do no worse than fail: any other would end the postman."""
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return read.scheme in {"http", "https"} and bool(read.raw_host) and (read.port or 1) in range(1, 65_536)
