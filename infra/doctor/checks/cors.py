"""CORS: the store lets a browser put a file from the first origin of CORS_ORIGINS."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Final

import httpx

from infra.doctor.model import Check, Finding, NotTried, fail, ok
from infra.doctor.patient import Patient
from shared.config import AppSettings
from shared.health import STORAGE_KEY

NAME: Final = "bucket cors"
HEADERS: Final = ("content-type", "x-amz-checksum-sha256")


async def look(patient: Patient) -> Sequence[Finding]:
    origins = patient.settings(_Origins).cors_origins
    if not origins:
        raise NotTried("CORS_ORIGINS is empty: no browser uploads")
    origin, body = origins[0], b"x"
    signed = patient.storage.presign_put(
        STORAGE_KEY,
        content_type="text/plain",
        size=len(body),
        sha256=sha256(body).hexdigest(),
        expires=timedelta(minutes=1),
    )
    asked = {
        "origin": origin,
        "access-control-request-method": "PUT",
        "access-control-request-headers": ", ".join(HEADERS),
    }
    answer = await patient.asks("storage", "OPTIONS", signed.url, headers=asked)
    if lacking := list(_lacking(answer, origin)):
        return [fail(NAME, f"a page of {origin} may not put a file: no {', '.join(lacking)}", CHECK.mend)]
    return [ok(NAME, f"a page of {origin} may put a file")]


class _Origins(AppSettings):
    app_url: str = ""
    """The deploy's to say, and not asked for here."""


def _lacking(answer: httpx.Response, origin: str) -> Sequence[str]:
    if not answer.is_success:
        return [f"rule (status {answer.status_code})"]

    def words(header: str) -> set[str]:
        return {word.strip().lower() for word in answer.headers.get(f"access-control-allow-{header}", "").split(",")}

    wanted = {"origin": (origin,), "methods": ("put",), "headers": HEADERS}
    return [
        f"{header} {word}"
        for header, needed in wanted.items()
        for word in needed
        if not {word.lower(), "*"} & words(header)
    ]


CHECK: Final = Check(
    NAME, look, mend="python -m infra --stage {stage} bootstrap, which gives the bucket its rule", after="storage"
)
