"""The bucket: an object is put, looked at, got and deleted."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from infra.doctor.model import Check, Finding, ok
from infra.doctor.patient import Patient
from shared.config import StorageSettings
from shared.health import STORAGE_KEY
from shared.storage.errors import down

NAME: Final = "storage"
CONTENT: Final = "text/plain"
MEND: Final = "STORAGE_ENDPOINT, _REGION, _BUCKET and the key pair: one that may read, write and delete in this bucket"


async def look(patient: Patient) -> Sequence[Finding]:
    settings = patient.settings(StorageSettings)
    async with lent(patient) as (key, body):
        if not await patient.storage.create(key, body, content_type=CONTENT):
            raise down("a key that nobody has used is taken")
        if (await patient.storage.head(key)).size != len(body):
            raise down("an object is not as long as what was put")
        if await patient.storage.first(key, len(body) + 1) != body:
            raise down("it does not give the bytes that were put")
    return [ok(NAME, f"{settings.storage_provider}, bucket {settings.storage_bucket}: PUT, HEAD, GET, DELETE")]


@asynccontextmanager
async def lent(patient: Patient) -> AsyncIterator[tuple[str, bytes]]:
    """A key of this check alone, and some bytes; what is put there is deleted.

    Cut off before that, the object is one that no record names: the sweep of cleanup_blobs takes it.
    """
    key = f"{STORAGE_KEY}-{patient.process.world.token()}"
    try:
        yield key, b"Millrace's doctor was here."
    finally:
        left = await patient.storage.delete([key])
    if left:
        raise down("an object could not be deleted")


CHECK: Final = Check(NAME, look, mend=MEND)
