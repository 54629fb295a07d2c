"""What it costs to sign a URL, beside boto3's generate_presigned_url with the same parameters. Neither makes a call."""

from datetime import timedelta
from typing import Any, Final

from shared.config import StorageSettings
from shared.storage.disposition import content_disposition
from shared.storage.objects import checksum
from tests.benchmarks.figures import Effort, Row, medians
from tests.support.bare_s3 import bare_s3
from tests.support.open_storage import open_storage

KEY: Final = "uploads/4w8sUe0yKcPzT0F1zQ0X2g"
TYPE: Final = "application/pdf"
SHA256: Final = "ab" * 32
NAME: Final = "Übersicht 2026.pdf"
LIVES: Final = timedelta(minutes=15)


async def measure(effort: Effort, settings: StorageSettings) -> list[Row]:
    times = range(effort.signatures)
    put = {"ContentType": TYPE, "ContentLength": 1_000_000, "ChecksumSHA256": checksum(SHA256)}
    get = {"ResponseContentDisposition": content_disposition(NAME), "ResponseContentType": TYPE}
    bare = bare_s3(settings)

    def signed(method: str, given: dict[str, Any]) -> None:
        at = {"Bucket": settings.storage_bucket, "Key": KEY}
        bare.generate_presigned_url(method, Params={**at, **given}, ExpiresIn=int(LIVES.total_seconds()))

    with open_storage(settings) as storage:

        async def our_puts() -> None:
            for _ in times:
                storage.presign_put(KEY, content_type=TYPE, size=1_000_000, sha256=SHA256, expires=LIVES)

        async def bare_puts() -> None:
            for _ in times:
                signed("put_object", put)

        async def our_gets() -> None:
            for _ in times:
                disposition = content_disposition(NAME)
                storage.presign_get(KEY, disposition=disposition, content_type=TYPE, expires=LIVES)

        async def bare_gets() -> None:
            for _ in times:
                signed("get_object", get)

        works = (our_puts, bare_puts, our_gets, bare_gets)
        await medians(1, *works)  # builds the client, and reads what botocore keeps of the service
        taken = await medians(effort.rounds, *works)
    bare.close()
    puts, bare_put, gets, bare_get = (effort.signatures / seconds for seconds in taken)
    return [
        Row("presign_put", puts, "/s", "boto3 generate_presigned_url", bare_put),
        Row("presign_get", gets, "/s", "boto3 generate_presigned_url", bare_get),
    ]
