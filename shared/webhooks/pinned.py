"""The transport of webhooks: it connects to addresses that were checked (addresses.py), and to nothing else.

    https://hooks.example/a ──▶ checked: 192.0.2.7 ──▶ TCP to 192.0.2.7, TLS for hooks.example, Host: hooks.example

It stands below whatever else a client does, so that a redirect, were one followed, would be checked as well.
"""

from collections.abc import Sequence
from typing import Final

import httpx

from shared.webhooks.addresses import NoAddress, Resolve, checked, lookup

MOST_ADDRESSES: Final = 3
"""That are tried one after the other until one takes the connection."""


class PinnedTransport(httpx.AsyncBaseTransport):
    """Keeps no connection: one that died while the Lambda was frozen would make an answer that is lost."""

    def __init__(self, *, local: bool, resolve: Resolve = lookup) -> None:
        self._local = local
        self._resolve = resolve
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        addresses = await checked(request.url, local=self._local, resolve=self._resolve)
        return await self._first_of(addresses[:MOST_ADDRESSES], request)

    async def _first_of(self, addresses: Sequence[str], request: httpx.Request) -> httpx.Response:
        """From the first address that takes the connection: before that, nothing of the request has been sent."""
        refused: Exception = NoAddress("its host has no address")
        for address in addresses:
            try:
                return await self._inner.handle_async_request(_at(address, request))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                refused = error
        raise refused

    async def aclose(self) -> None:
        await self._inner.aclose()


def _at(address: str, request: httpx.Request) -> httpx.Request:
    """The same request to that address; its Host header was made of the URL and stays."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")},
    )
