"""Asking for a place to put a file: a signed PUT that takes exactly the bytes that were described, for minutes.

The file never passes through us. What is signed is its length, type and SHA-256, on a key of our choosing; nothing is
asked of the store, so this works while storage is away. What came of it is looked at when the upload is claimed
(routes/documents.py).

A repeat with the same Idempotency-Key names the same upload, with a URL that is signed anew and lives as long again; a
URL is kept nowhere.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Response
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    create_model,
)
from pydantic_core import PydanticCustomError

from functions.api.document_view import ONE_LINE
from functions.api.documented import LIMITED, problems, told
from functions.api.idempotency import Made, WithKey, once, replayed
from functions.api.idempotency_documented import idempotent
from functions.api.limits import RouteLimits
from functions.api.principal import DocumentWriter
from functions.api.problems import Problem
from functions.api.services import Services, WithServices
from shared.database import Session
from shared.documents import Promise, Upload, uploads
from shared.rate_limits import Away, Limit
from shared.runs.model import instant

LIMITS: Final = RouteLimits(
    client=Limit("uploads-client", requests=600, seconds=60, away=Away.LOCAL),
    # Each is a file of up to 100 MB that is kept for hours even if nobody claims it.
    caller=Limit("uploads-caller", requests=60, seconds=60, away=Away.LOCAL),
)

MEDIA_TYPE: Final = r"^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$"
HASH: Final = r"^[0-9A-Fa-f]{64}$"


def _number(value: object) -> object:
    """JSON's own, `5.0` too; a string or a boolean is none."""
    if type(value) not in {int, float}:
        raise PydanticCustomError("int_type", "must be a whole number")
    return value


class UploadRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Offer.pdf",
                    "content_type": "application/pdf",
                    "size": 48213,
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                }
            ]
        },
    )

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=ONE_LINE)]
    """What people call it; it is shown, and trusted in nothing."""
    content_type: Annotated[str, StringConstraints(pattern=MEDIA_TYPE), AfterValidator(str.lower)]
    """Without parameters."""
    size: Annotated[int, BeforeValidator(_number), Field(ge=1)]
    """In bytes."""
    sha256: Annotated[str, StringConstraints(pattern=HASH), AfterValidator(str.lower)]
    """In hexadecimal digits."""


class UploadTicket(BaseModel):
    """Send the file's bytes by `method` to `url`, with exactly these headers; then claim the upload by its id."""

    id: str
    url: str
    method: Literal["PUT"] = "PUT"
    headers: dict[str, str]
    expires_at: datetime


async def create(
    asked: UploadRequest, principal: DocumentWriter, services: WithServices, response: Response, keyed: WithKey
) -> UploadTicket:
    _within_limits(services, asked)
    promise = Promise(asked.name, asked.content_type, asked.size, asked.sha256)
    upload_id, key = services.world.token(), f"uploads/{services.world.token()}"

    async def work(session: Session) -> tuple[Upload, str, str]:
        made = await uploads.create(
            services.database,
            promise,
            owner=principal.id,
            upload_id=upload_id,
            key=key,
            lives=services.urls_live,
            session=session,
        )
        return made, made.id, principal.id

    done = await once(services, keyed.by(principal.id), work)
    if isinstance(done, Made):
        return _ticket(services, done.value)
    again = await uploads.renew(services.database, done.reference, owner=principal.id, lives=services.urls_live)
    if again is None:
        raise Problem(410, "upload-gone", "The upload of this request was claimed, or has expired.")
    replayed(response)
    return _ticket(services, again)


def _within_limits(services: Services, asked: UploadRequest) -> None:
    most = services.upload_limits.get(asked.content_type)
    if most is None:
        types = ", ".join(sorted(services.upload_limits))
        raise Problem(415, "type-not-taken", f"Files of this type are not taken. These are: {types}.")
    if asked.size > most:
        raise Problem(413, "file-too-large", f"A file of this type may have {most} bytes at most.")


def _ticket(services: Services, upload: Upload) -> UploadTicket:
    promise = upload.promise
    signed = services.storage.presign_put(
        upload.key,
        content_type=promise.content_type,
        size=promise.size,
        sha256=promise.sha256,
        expires=services.urls_live,
    )
    return UploadTicket(
        id=upload.id, url=signed.url, headers=dict(signed.headers), expires_at=instant(upload.url_expires_at)
    )


def _described(limits: Mapping[str, int]) -> type[UploadRequest]:
    """The request, as the document tells it: with the types and sizes that this deployment takes."""
    types = Annotated[
        str,
        StringConstraints(pattern=MEDIA_TYPE),
        AfterValidator(str.lower),
        WithJsonSchema({"type": "string", "enum": sorted(limits), "description": _told(limits)}),
    ]
    sizes = Annotated[
        int,
        BeforeValidator(_number),
        Field(ge=1),
        WithJsonSchema({"type": "integer", "minimum": 1, "maximum": max(limits.values()), "description": "In bytes."}),
    ]
    return create_model("UploadRequest", __base__=UploadRequest, content_type=(types, ...), size=(sizes, ...))


def _told(limits: Mapping[str, int]) -> str:
    most = "; ".join(f"{kind}: {size}" for kind, size in sorted(limits.items()))
    return f"Without parameters. The most bytes of each type: {most}."


def router(limits: Mapping[str, int]) -> APIRouter:
    async def create_within(
        asked: Any, principal: DocumentWriter, services: WithServices, response: Response, keyed: WithKey
    ) -> UploadTicket:
        return await create(asked, principal, services, response, keyed)

    create_within.__annotations__["asked"] = _described(limits)  # what FastAPI reads the body by
    made = APIRouter(prefix="/v1/uploads", tags=["documents"])
    said = {
        410: {"upload-gone": "The upload of this request was claimed, or has expired (for a repeat)."},
        413: {"file-too-large": "The file is larger than its type may be."},
    }
    responses = told(idempotent(201, problems(400, 401, 403, 415, 422, 429)), said)
    responses[413]["headers"] = LIMITED  # a file that is too large was counted; a body is not
    made.add_api_route(
        "",
        create_within,
        name="create",
        methods=["POST"],
        status_code=201,
        summary="Ask for a place to upload a file",
        dependencies=LIMITS.dependencies,
        responses=responses,
    )
    return made
