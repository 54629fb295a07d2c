"""One bucket of uploads, documents, reports and texts, at Tigris or at Supabase Storage."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import aclosing, closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from shared.breakers import Breaker
from shared.clock import World
from shared.config import StorageSettings
from shared.retries import Retries
from shared.storage.calls import LIMIT, SLOWEST, Calls
from shared.storage.errors import Missing, down
from shared.storage.keys import checked
from shared.storage.multipart import Multipart
from shared.storage.objects import Listed, SignedPut, Stored, checksum, listed, stored
from shared.storage.providers import PROVIDERS
from shared.storage.reading import pieces, ranged
from shared.storage.saving import saved
from shared.storage.writing import Source, Writer, source_of
from shared.threads import Threads

BATCH: Final = 1000
"""Keys a call; S3's own limit for deleting and listing."""
COPYING: Final = 20.0
"""Seconds; the store moves the bytes, and says nothing meanwhile."""
LONGEST_URL: Final = timedelta(days=7)
"""What a signature of version 4 may last."""


class Storage:
    """Building it opens no connection and imports nothing of boto3."""

    def __init__(
        self,
        settings: StorageSettings,
        threads: Threads,
        breaker: Breaker,
        world: World | None = None,
        *,
        retries: Retries | None = None,
    ) -> None:
        self._bucket = settings.storage_bucket
        self._calls = Calls(settings, threads, breaker, world or World(), retries)
        self._threads = threads
        self.multipart = Multipart(self._calls, self._bucket)
        self._writer = Writer(self._calls, self._bucket, PROVIDERS[settings.storage_provider], self.sha256)

    def presign_put(self, key: str, *, content_type: str, size: int, sha256: str, expires: timedelta) -> SignedPut:
        """A URL that takes exactly these bytes, of this type, at this key. Calls nobody. `sha256` is in hex."""
        digest = checksum(sha256)
        given = {"ContentType": content_type, "ContentLength": size, "ChecksumSHA256": digest}
        headers = {"content-type": content_type, "content-length": str(size), "x-amz-checksum-sha256": digest}
        return SignedPut(self._presigned("put_object", key, given, expires), headers)

    def presign_get(self, key: str, *, disposition: str, content_type: str, expires: timedelta) -> str:
        """A URL that gives the object, under these headers whatever was stored with it. Calls nobody."""
        given = {"ResponseContentDisposition": disposition, "ResponseContentType": content_type}
        return self._presigned("get_object", key, given, expires)

    async def head(self, key: str) -> Stored:
        at = self._at(key)
        return await self._calls(key, lambda s3: stored(key, s3.head_object(**at, ChecksumMode="ENABLED")))

    async def copy(self, source: str, target: str, *, content_type: str) -> Stored:
        """Inside the store, over whatever is there; the copy as it is then. Raises Missing, of the source only."""
        given: dict[str, Any] = {
            **self._at(target),
            "CopySource": self._at(source),
            "ContentType": content_type,
            "MetadataDirective": "REPLACE",
        }
        await self._calls(source, lambda s3: s3.copy_object(**given)["CopyObjectResult"]["ETag"], limit=COPYING)
        try:
            return await self.head(target)
        except Missing as error:
            raise down("the copy is not there") from error

    async def create(self, key: str, body: bytes | Path, *, content_type: str) -> bool:
        """Written once: False when it was there already, which may be this very call's doing (a lost answer)."""
        checked(key)
        source: Source = await self._threads.run(source_of, body)
        return await self._writer.create(key, source, content_type, LIMIT + source.size / SLOWEST)

    async def first(self, key: str, count: int) -> bytes:
        """At most so many bytes of its beginning."""
        at = self._at(key)

        def read(s3: Any) -> bytes:
            answer = ranged(s3, at, f"bytes=0-{count - 1}")
            if answer is None:
                return b""
            with closing(answer["Body"]) as body:  # a store that ignores ranges sends it all
                found: bytes = body.read(count)
            if len(found) < min(count, answer["ContentLength"]):
                raise down("an answer that ended early")
            return found

        return await self._calls(key, read, limit=LIMIT + count / SLOWEST)

    async def stream(self, key: str, *, start: int = 0) -> AsyncGenerator[bytes]:
        """Its bytes from `start` on, a megabyte at a time. Use it under `aclosing` where it may be left early."""
        checked(key)
        async with aclosing(pieces(self._calls, self._bucket, key, start=start)) as found:
            async for piece in found:
                yield piece

    async def sha256(self, key: str) -> str:
        """In hex, of what is there: for stores that tell none."""
        digest = hashlib.sha256()
        async for piece in self.stream(key):
            await self._threads.run(digest.update, piece)
        return digest.hexdigest()

    async def save(self, key: str, path: Path, *, most: int, sha256: str | None = None) -> int:
        """To a file of that name, which is there whole or not at all; how many bytes. Raises TooLarge.

        With `sha256` (hex) other bytes are DependencyDown, for reading them again may mend it.
        """
        return await saved(self.stream(key), path, key=key, most=most, sha256=sha256, threads=self._threads)

    async def delete(self, keys: Collection[str]) -> Collection[str]:
        """Those that could not be deleted; one that is not there counts as deleted.

        Raises DependencyDown when a batch got no answer: those before it are gone, and may be deleted again.
        """
        wanted = list(dict.fromkeys(checked(key) for key in keys))
        left: list[str] = []
        for start in range(0, len(wanted), BATCH):
            left += await self._delete(wanted[start : start + BATCH])
        return left

    async def _delete(self, keys: Sequence[str]) -> Sequence[str]:
        objects = [{"Key": key} for key in keys]

        def delete(s3: Any) -> Sequence[str]:
            answer = s3.delete_objects(Bucket=self._bucket, Delete={"Objects": objects})
            if not answer.keys() & {"Deleted", "Errors"}:
                raise down("an answer that is none of its own")
            gone = {line["Key"] for line in answer.get("Deleted", ())}
            gone |= {line["Key"] for line in answer.get("Errors", ()) if line.get("Code") == "NoSuchKey"}
            return [key for key in keys if key not in gone]

        return await self._calls("", delete, limit=COPYING)

    async def list(self, prefix: str, *, after: str = "") -> AsyncIterator[Sequence[Listed]]:
        """Pages of what begins with `prefix`, in the order of keys; `after` a page's last key comes the next one."""
        more = True
        while more:
            page, more = await self.page(prefix, after=after)
            if page:
                yield page
                after = page[-1].key

    async def page(self, prefix: str, *, after: str = "") -> tuple[Sequence[Listed], bool]:
        """One of them, and whether there are more: for who goes on another time."""
        given = {"Bucket": self._bucket, "Prefix": prefix, "MaxKeys": BATCH} | ({"StartAfter": after} if after else {})

        def page(s3: Any) -> tuple[Sequence[Listed], bool]:
            answer = s3.list_objects_v2(**given)
            return [listed(line) for line in answer.get("Contents", ())], answer["IsTruncated"] is True

        found, more = await self._calls(prefix, page)
        if more and (not found or found[-1].key <= after):
            raise down("an answer that is none of its own")
        return found, more

    def close(self) -> None:
        """Closes its connections; the next call opens new ones."""
        self._calls.close()

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": checked(key)}

    def _presigned(self, method: str, key: str, given: dict[str, Any], expires: timedelta) -> str:
        if not timedelta(seconds=1) <= expires <= LONGEST_URL:
            raise ValueError("a URL is signed for a second at least and for seven days at most")
        seconds = int(expires.total_seconds())
        url: str = self._calls.client.generate_presigned_url(
            method, Params={**self._at(key), **given}, ExpiresIn=seconds
        )
        return url
