"""Object storage in memory, whose copies wait until the test lets them go on."""

import asyncio
import hashlib
from collections.abc import Collection
from typing import cast

from shared.storage import Missing, Storage, Stored


class Shelf:
    """What claiming uses of a store."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.gates: list[asyncio.Event] = []

    def storage(self) -> Storage:
        return cast("Storage", self)

    async def head(self, key: str) -> Stored:
        if key not in self.files:
            raise Missing(key)
        body = self.files[key]
        return Stored(key, len(body), "text/plain", hashlib.sha256(body).hexdigest(), "")

    async def copy(self, source: str, target: str, *, content_type: str) -> Stored:
        await self._gate()
        if source not in self.files:
            raise Missing(source)
        self.files[target] = self.files[source]
        await self._gate()
        return await self.head(target)

    async def first(self, key: str, count: int) -> bytes:
        return self.files[key][:count]

    async def delete(self, keys: Collection[str]) -> Collection[str]:
        for key in keys:
            self.files.pop(key, None)
        return []

    async def _gate(self) -> None:
        gate = asyncio.Event()
        self.gates.append(gate)
        try:
            await gate.wait()
        finally:
            if gate in self.gates:
                self.gates.remove(gate)
