"""Documents: claimed from uploads, read, changed, deleted and downloaded by their owner. Others' are not there.

Claiming needs no Idempotency-Key: the upload is the key. The first claim is 201, every other 200 with the same document
as it is then. Where that is `checking` and no check of it lives any more, the claim begins one.
"""

from collections.abc import Collection
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from functions.api import cursors
from functions.api.cursors import Cursor
from functions.api.document_view import DocumentPage, DocumentView, Tags, Title, view
from functions.api.documented import DEGRADED, RETRY_AFTER, VERSION, Responses, problems, told
from functions.api.download import Download, download_by
from functions.api.handing_over import hand_over_again, hand_over_soon
from functions.api.limits import RouteLimits
from functions.api.preconditions import NEEDED, WantedVersions, etag, other_version
from functions.api.principal import DocumentReader, DocumentWriter, Principal
from functions.api.problems import Problem
from functions.api.services import Services, WithServices
from functions.check_document.contract import CONTRACT as CHECK_DOCUMENT
from functions.check_document.contract import CheckDocument
from functions.indexing import IndexSoon
from shared.database import Session
from shared.documents import (
    Claimed,
    Desk,
    Document,
    NotAsPromised,
    NotThere,
    Status,
    StoredFile,
    UploadGone,
    UploadUnknown,
    Wish,
    claim,
    content,
    records,
)
from shared.documents.model import DOWNLOADABLE
from shared.paging import Place
from shared.rate_limits import Away, Limit
from shared.runs.model import Run
from shared.storage import Storage, content_disposition

CLAIMS: Final = RouteLimits(
    client=Limit("claims-client", requests=600, seconds=60, away=Away.LOCAL),
    # Each copies a file.
    caller=Limit("claims-caller", requests=60, seconds=60, away=Away.LOCAL),
)
CHANGES: Final = RouteLimits(caller=Limit("changes-caller", requests=240, seconds=60, away=Away.LOCAL))
DOWNLOADS: Final = RouteLimits(caller=Limit("downloads-caller", requests=240, seconds=60, away=Away.LOCAL))
"""Traffic costs; deleting is not limited."""

AT_ONCE: Final = 8_000_000
"""Bytes that a request hashes where the store tells no checksum: a second or two. More is a job's work."""


class ClaimRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"upload": "4w8sUe0yKcPzT0F1zQ0X2g", "title": "Offer", "tags": ["2026"]}]},
    )

    upload: Annotated[str, Field(min_length=1, max_length=100)]
    """The upload's id, when its file has been put."""
    title: Title | None = None
    """Left out: the file's name."""
    tags: Tags = ()


class DocumentChange(BaseModel):
    """What is to be changed; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"title": "Offer, second draft"}], "minProperties": 1},
    )

    title: Title = ""
    tags: Tags = ()


async def create(
    asked: ClaimRequest, principal: DocumentWriter, services: WithServices, response: Response
) -> DocumentView:
    soon = _indexing(services)
    claimed = await _claimed(services, asked, principal, soon)
    if claimed.check is not None:
        await hand_over_soon(services, claimed.check)
    await _hand_over(services, soon)
    response.status_code = 201 if claimed.created else 200
    response.headers["Location"] = f"/v1/documents/{claimed.document.id}"
    return _answer(response, claimed.document)


async def _claimed(services: Services, asked: ClaimRequest, principal: Principal, soon: IndexSoon) -> Claimed:
    async def check_later(document: str, owner: str, session: Session | None) -> Run:
        accepted = await services.enqueuer.accept(
            CHECK_DOCUMENT, CheckDocument(document=document), owner=owner, key=document, session=session
        )
        return accepted.run

    desk = Desk(services.database, services.storage, services.world, check_later, indexing=soon, at_once=AT_ONCE)
    try:
        return await claim(desk, asked.upload, owner=principal.id, wish=Wish(asked.title, asked.tags))
    except UploadUnknown:
        raise Problem(404, None, "There is no such upload, or it is not yours.") from None
    except UploadGone:
        raise Problem(410, "upload-gone", "The upload has expired, or its document was deleted.") from None
    except NotThere:
        raise Problem(409, "not-uploaded", "Nothing was put at the upload's URL yet.") from None
    except NotAsPromised as error:
        detail = f"The file's {error.broken} is not what the upload promised."
        raise Problem(422, "not-as-promised", detail) from None


async def one(document_id: str, principal: DocumentReader, services: WithServices, response: Response) -> DocumentView:
    return _answer(response, await _own(services, document_id, principal))


async def several(
    principal: DocumentReader,
    services: WithServices,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Cursor = None,
) -> DocumentPage:
    """Your own, the newest first."""
    of = f"{principal.id} documents"
    after = cursors.after(cursor, of=of)
    found = await records.page(services.database, owner=principal.id, limit=limit + 1, after=after)
    shown = found[:limit]
    more = len(found) > limit
    following = cursors.encode(Place(shown[-1].created_at, shown[-1].id), of=of) if more else None
    return DocumentPage(items=[view(document) for document in shown], next=following)


async def change(
    document_id: str,
    asked: DocumentChange,
    principal: DocumentWriter,
    services: WithServices,
    *,
    versions: WantedVersions,
    response: Response,
) -> DocumentView:
    changes = {name: _plain(getattr(asked, name)) for name in sorted(asked.model_fields_set)}
    if not changes:
        raise Problem(422, "invalid", "A title or tags must be given.")
    return _answer(response, await _changed(services, document_id, changes, principal, versions))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


async def _changed(
    services: Services,
    document_id: str,
    changes: dict[str, Any],
    principal: Principal,
    versions: Collection[int] | None,
) -> Document:
    soon = _indexing(services)
    changed = await records.change(
        services.database, document_id, changes, owner=principal.id, versions=versions, indexing=soon
    )
    await _hand_over(services, soon)
    if changed is None:
        raise other_version((await _own(services, document_id, principal)).version)
    return changed


async def delete(document_id: str, principal: DocumentWriter, services: WithServices) -> None:
    """It is gone for everybody at once; its file follows. To delete it again changes nothing."""
    soon = _indexing(services)
    there = await records.delete(services.database, document_id, owner=principal.id, indexing=soon)
    await _hand_over(services, soon)
    if not there:
        raise _unknown()


def _indexing(services: Services) -> IndexSoon:
    return IndexSoon(services.database, services.world)


async def _hand_over(services: Services, soon: IndexSoon) -> None:
    """Read anew: a transaction that began again may have left one behind that never was."""
    if soon.run is not None:
        await hand_over_again(services, soon.run.id)


async def download(document_id: str, principal: DocumentReader, services: WithServices) -> Download:
    """A URL that gives the file for some minutes."""
    document = await _own(services, document_id, principal)
    if document.status not in DOWNLOADABLE:
        raise _not_yet() if document.status is Status.CHECKING else _refused()
    return download_by(partial(_signed_url, document.file, services.storage), services.world)


def _signed_url(stored: StoredFile, storage: Storage, *, lives: timedelta) -> str:
    disposition = content_disposition(content.saved_as(stored.name, stored.content_type))
    return storage.presign_get(stored.key, disposition=disposition, content_type=stored.content_type, expires=lives)


async def _own(services: Services, document_id: str, principal: Principal) -> Document:
    found = await records.find(services.database, document_id, owner=principal.id)
    if found is None:
        raise _unknown()
    return found


def _answer(response: Response, document: Document) -> DocumentView:
    response.headers["ETag"] = etag(document.version)
    return view(document)


def _unknown() -> Problem:
    return Problem(404, None, "There is no such document, or it is not yours.")


def _not_yet() -> Problem:
    return Problem(409, "being-checked", "The file is being checked. Try again soon.", {"Retry-After": "5"})


def _refused() -> Problem:
    return Problem(409, "file-refused", "The file was not the promised one. Delete the document, and upload it again.")


_PLACE: Final = {"Location": {"description": "The document's address.", "schema": {"type": "string"}}}
_ETAG: Final = {"headers": VERSION}
_CLAIMED: Final = {"headers": VERSION | _PLACE}
_NOT_UPLOADED: Final = {"not-uploaded": "Nothing was put at the upload's URL yet."}
_PROMISED: Final = {"not-as-promised": "The size, type or checksum of the file is not what the upload promised."}
_UNCHECKED: Final = {
    "being-checked": "The file is being checked (`Retry-After`).",
    "file-refused": "The file was not the promised one.",
}


def router() -> APIRouter:
    made = APIRouter(prefix="/v1/documents", tags=["documents"])
    claiming: Responses = told(
        problems(400, 401, 403, 404, 410, 422, 429)
        | {200: {**_CLAIMED, "model": DocumentView, "description": "It was claimed before."}, 201: _CLAIMED},
        {409: _NOT_UPLOADED, 422: _PROMISED},
    )
    made.add_api_route(
        "",
        create,
        methods=["POST"],
        status_code=201,
        summary="Make a document of an upload",
        dependencies=CLAIMS.dependencies,
        responses=claiming,
    )
    made.add_api_route("", several, summary="Your documents", responses=problems(400, 401, 403, 422))
    at = "/{document_id}"
    made.add_api_route(at, one, summary="One document", responses=problems(401, 403, 404, 422) | {200: _ETAG})
    made.add_api_route(
        at,
        change,
        methods=["PATCH"],
        summary="Change a document",
        dependencies=CHANGES.dependencies,
        openapi_extra=NEEDED,
        responses=problems(400, 401, 403, 404, 412, 422, 428, 429) | {200: _ETAG},
    )
    made.add_api_route(
        at,
        delete,
        methods=["DELETE"],
        status_code=204,
        summary="Delete a document",
        responses=problems(401, 403, 404, 422) | {204: {"headers": DEGRADED}},
    )
    made.add_api_route(
        f"{at}/download",
        download,
        summary="Download a document's file",
        dependencies=DOWNLOADS.dependencies,
        responses=told(problems(401, 403, 404, 422, 429) | {409: {"headers": RETRY_AFTER}}, {409: _UNCHECKED}),
    )
    return made
