"""In what the two stores differ, and what follows from where one answers."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, Literal
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Provider:
    """The differences that the adapter acts upon; the table in the package's docstring tells them."""

    virtual_hosted: bool
    """Whether a bucket is a host of its own."""
    conditional_writes: bool
    """Whether If-None-Match makes a write one of a first writer's."""
    checks_bytes: bool
    """Whether bytes that do not fit the checksum that came with them are refused."""
    bucket_settings: bool
    """Whether access, CORS and lifecycle of a bucket are there to be read and set by S3's calls."""


PROVIDERS: Final = {
    "tigris": Provider(virtual_hosted=True, conditional_writes=True, checks_bytes=True, bucket_settings=True),
    "supabase": Provider(virtual_hosted=False, conditional_writes=False, checks_bytes=False, bucket_settings=False),
}


def addressing(provider: Provider, endpoint: str) -> Literal["virtual", "path"]:
    """How botocore is to write a bucket's address. An IP address or a lone word has no hosts below it."""
    return "virtual" if provider.virtual_hosted and _has_hosts_below(endpoint) else "path"


def _has_hosts_below(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return "." in host
    return False
