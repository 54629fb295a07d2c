"""Multipart uploads that were begun and never completed: their parts are paid for, and no listing shows them.

None is begun by us: they are what other programs with the bucket's keys have left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.storage.calls import Calls
from shared.storage.errors import Refused, down

PAGE: Final = 100
"""Uploads a call: each is two calls to abort."""
GONE: Final = "NoSuchUpload"


@dataclass(frozen=True, slots=True)
class Unfinished:
    key: str
    id: str
    begun: datetime


@dataclass(frozen=True, slots=True)
class Multipart:
    """One bucket's. All its calls raise DependencyDown."""

    calls: Calls
    bucket: str

    async def page(self, after: Sequence[str] = ()) -> tuple[Sequence[Unfinished], Sequence[str]]:
        """Some of them, in an order of the store's own, and where the next page begins; empty: there is none."""
        markers = dict(zip(("KeyMarker", "UploadIdMarker"), after, strict=False))

        def page(s3: Any) -> Mapping[str, Any]:
            answer: Mapping[str, Any] = s3.list_multipart_uploads(Bucket=self.bucket, MaxUploads=PAGE, **markers)
            return answer

        answer = await self.calls("", page)
        found = [Unfinished(line["Key"], line["UploadId"], line["Initiated"]) for line in answer.get("Uploads", ())]
        if answer.get("IsTruncated") is not True:
            return found, ()
        # SeaweedFS (4.48) orders by the upload's id, names no key, and takes none.
        following = (answer.get("NextKeyMarker", ""), answer.get("NextUploadIdMarker", ""))
        if not found or list(following) == list(after):
            raise down("an answer that is none of its own")
        return found, following

    async def size(self, upload: Unfinished) -> int:
        """Bytes of its parts so far; none where it is gone."""

        def page(s3: Any) -> int:
            size, after = 0, 0
            while True:
                answer = s3.list_parts(**self._at(upload), PartNumberMarker=after)
                size += sum(int(part["Size"]) for part in answer.get("Parts", ()))
                following = int(answer.get("NextPartNumberMarker") or 0)
                if answer.get("IsTruncated") is not True or following <= after:
                    return size
                after = following

        try:
            return await self.calls(upload.key, page)
        except Refused as no:
            if no.reason != GONE:
                raise
            return 0

    async def abort(self, upload: Unfinished) -> None:
        """Its parts go. One that is gone already counts as aborted."""
        try:
            await self.calls(upload.key, lambda s3: bool(s3.abort_multipart_upload(**self._at(upload))))
        except Refused as no:
            if no.reason != GONE:
                raise

    def _at(self, upload: Unfinished) -> Mapping[str, str]:
        return {"Bucket": self.bucket, "Key": upload.key, "UploadId": upload.id}
