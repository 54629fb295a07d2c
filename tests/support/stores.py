"""Object storage that differs from the one it stands before in one respect: what it tells, when it dies, what is done
meanwhile.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any, cast

from shared.storage import Storage, Stored
from shared.storage.objects import checksum


class _Before:
    """Everything else goes to the store behind."""

    def __init__(self, behind: Storage) -> None:
        self._behind = behind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)


def telling_no_checksum(behind: Storage) -> Storage:
    """As Supabase's, which looks at no checksum either."""

    class Silent(_Before):
        async def head(self, key: str) -> Stored:
            return replace(await self._behind.head(key), sha256=None)

        async def copy(self, source: str, target: str, *, content_type: str) -> Stored:
            return replace(await self._behind.copy(source, target, content_type=content_type), sha256=None)

    return cast("Storage", Silent(behind))


def doing_first(behind: Storage, method: str, act: Callable[[], Awaitable[None]]) -> Storage:
    """`act` is done before each call of that method; what it raises is what the call raises."""

    class Acting(_Before):
        def __getattr__(self, name: str) -> Any:
            found = getattr(self._behind, name)
            if name != method:
                return found

            async def acted(*args: Any, **kwargs: Any) -> Any:
                await act()
                return await found(*args, **kwargs)

            return acted

    return cast("Storage", Acting(behind))


def overwrite(store: Storage, key: str, body: bytes, content_type: str = "text/plain") -> None:
    """As whoever holds a URL at a store that looks at nothing could; the checksum is that of the new bytes."""
    told = checksum(sha256(body).hexdigest())
    store._calls.client.put_object(
        Bucket=store._bucket, Key=key, Body=body, ContentType=content_type, ChecksumSHA256=told
    )


async def keys(store: Storage, prefix: str) -> list[str]:
    return [line.key async for page in store.list(prefix) for line in page]
