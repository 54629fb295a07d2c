"""Where webhooks may go: to public addresses over https, so that nobody makes us call our own neighbours (SSRF).

    URL ──▶ its form ──▶ looked up, once ──▶ every address is public ──▶ those addresses are what is called (pinned.py)

A name that is public when it is checked and private when it is called (DNS rebinding) has nothing to gain by that: it
is not looked up again. In the local stage this machine itself may be called too, over plain http.

    AddressRefused      never called: PermanentError
    NoAddress           the name is not known, or not now: RetryableError

https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import ClassVar, Final

import httpx

from shared.errors import PermanentError, RetryableError

LOOKUP: Final = 3.0
"""Seconds for a name."""
GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
"""All of IPv6 that is routed: https://www.iana.org/assignments/ipv6-address-space"""
ASSIGNED: Final = IPv4Network("192.0.0.0/24")
"""The protocols' own (RFC 6890), some clouds' metadata among them; Python before 3.12.4 knows parts of it only."""
NAT64: Final = IPv6Network("64:ff9b::/96")
"""An IPv4 address in its last 32 bits (RFC 6052)."""

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""The addresses of a host, the likeliest to answer first. Raises NoAddress."""


class AddressRefused(PermanentError):
    """`message` says why, and quotes nothing of the URL."""

    code: ClassVar[str] = "address_refused"


class NoAddress(RetryableError):
    code: ClassVar[str] = "no_address"


async def lookup(host: str) -> Sequence[str]:
    """As the system resolves it; IPv4 first, because a Lambda has no way to IPv6 unless its VPC gives it one."""
    try:
        async with asyncio.timeout(LOOKUP):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (TimeoutError, OSError, UnicodeError) as error:
        raise NoAddress("its host has no address that could be found") from error
    found.sort(key=lambda one: one[0] is not socket.AF_INET)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


async def checked(url: str | httpx.URL, *, local: bool, resolve: Resolve = lookup) -> Sequence[str]:
    """The addresses that a webhook to this URL may be sent to. `local` is whether this is the local stage."""
    parsed = _parsed(url)
    if parsed.scheme not in ({"https", "http"} if local else {"https"}):
        raise AddressRefused("must be an https URL")
    if not parsed.host or (parsed.port is not None and not 0 < parsed.port < 65_536):
        raise AddressRefused("has no host and port that could be called")
    if parsed.userinfo:
        raise AddressRefused("must hold no user and password")
    addresses = await resolve(parsed.raw_host.decode("ascii"))
    for address in addresses:
        _demand_public(address, plain=parsed.scheme == "http", local=local)
    return addresses


def shown(url: str) -> str:
    """Whose it is, for people who list it; the query may hold a secret of the receiver's."""
    return str(httpx.URL(url).copy_with(query=None, fragment=None))


def host_of(url: str) -> str:
    """All of it that may stand in a log."""
    return httpx.URL(url).host


def _parsed(url: str | httpx.URL) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
        _ = parsed.host  # an `xn--` that stands for no name is found out only here, and would be at each call
    except (httpx.InvalidURL, UnicodeError):
        raise AddressRefused("is not a URL") from None
    return parsed


def _demand_public(text: str, *, plain: bool, local: bool) -> None:
    try:
        address = ip_address(text)
    except ValueError:
        raise AddressRefused("its host has an address of no known form") from None
    if local and address.is_loopback:
        return
    if plain:
        raise AddressRefused("must be an https URL, where it is not this machine's")
    if not public(address):
        raise AddressRefused("its host has an address that is not public")


def public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the internet routes to it; an IPv4 address that an IPv6 one stands for is what is judged."""
    if isinstance(address, IPv6Address):
        inside = _inside(address)
        return public(inside) if inside else address in GLOBAL_UNICAST and address.is_global
    return address.is_global and not address.is_multicast and address not in ASSIGNED


def _inside(address: IPv6Address) -> IPv4Address | None:
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
