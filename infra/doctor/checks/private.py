"""Nothing in the bucket is public: neither an object nor the list of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from infra.doctor.checks.storage import CONTENT, MEND, lent
from infra.doctor.model import Check, Finding, fail, ok
from infra.doctor.patient import Patient

NAME: Final = "private bucket"


async def look(patient: Patient) -> Sequence[Finding]:
    async with lent(patient) as (key, body):
        await patient.storage.create(key, body, content_type=CONTENT)
        signed = patient.storage.presign_get(
            key, disposition="attachment", content_type=CONTENT, expires=timedelta(minutes=1)
        )
        bare = urlsplit(signed)._replace(query="").geturl()
        object_ = await patient.asks("storage", "GET", bare)
        listing = await patient.asks("storage", "GET", bare.removesuffix(key), params={"list-type": "2"})
    public = [what for what, answer in (("an object", object_), ("the list", listing)) if answer.is_success]
    if public:
        return [fail(NAME, f"{' and '.join(public)} can be read by everybody", CHECK.mend)]
    return [ok(NAME, f"nobody reads without a signature ({object_.status_code}, {listing.status_code})")]


CHECK: Final = Check(
    NAME, look, mend=f"the bucket's page at the provider: private, no public access ({MEND})", after="storage"
)
