"""Signed uploads: a browser's PUT is taken with the checksum that was signed, and refused without it."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Final

from infra.doctor.checks.storage import CONTENT, MEND, lent
from infra.doctor.model import Check, Finding, fail, ok
from infra.doctor.patient import Patient

NAME: Final = "signed uploads"
CHECKSUM: Final = "x-amz-checksum-sha256"
REFUSED: Final = frozenset({400, 401, 403})


async def look(patient: Patient) -> Sequence[Finding]:
    async with lent(patient) as (key, body):
        digest = sha256(body).hexdigest()
        signed = patient.storage.presign_put(
            key, content_type=CONTENT, size=len(body), sha256=digest, expires=timedelta(minutes=1)
        )
        without = {name: value for name, value in signed.headers.items() if name != CHECKSUM}
        refused = await patient.asks("storage", "PUT", signed.url, headers=without, content=body)
        taken = await patient.asks("storage", "PUT", signed.url, headers=signed.headers, content=body)
    if not taken.is_success:
        return [fail(NAME, f"a signed PUT is answered {taken.status_code}", CHECK.mend)]
    if refused.status_code not in REFUSED:
        seen = f"a PUT without the checksum that was signed is answered {refused.status_code}"
        return [fail(NAME, seen, "a store that checks what is signed: uploads of any content would be taken")]
    return [ok(NAME, "taken with the signed checksum, refused without")]


CHECK: Final = Check(NAME, look, mend=f"{MEND}; and this machine's clock", after="storage")
