"""Small files of each type, and the way of one into a document by the API."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

import httpx

from functions.api.routes.uploads import UploadTicket
from shared.documents.content import DOCX, PDF
from tests.integration.api.front import Phone

UPLOADS: Final = "/v1/uploads"
DOCUMENTS: Final = "/v1/documents"
LIMITS: Final = dict.fromkeys((PDF, DOCX, "text/markdown", "text/html", "text/plain"), 100_000_000)

TEXT: Final = "Ποίηση и проза, 文書 🙂\n".encode() * 50
A_PDF: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def package(*names: str) -> bytes:
    """A ZIP with these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, f"<{name}/>")
    return buffer.getvalue()


A_DOCX: Final = package("[Content_Types].xml", "_rels/.rels", "word/document.xml")


def described(body: bytes, content_type: str = "text/plain", name: str = "poem.txt") -> dict[str, Any]:
    return {
        "name": name,
        "content_type": content_type,
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }


async def asked(phone: Phone, who: Mapping[str, str], description: Mapping[str, Any]) -> UploadTicket:
    answer = await phone.post(UPLOADS, json=description, headers=who)
    assert answer.status_code == 201, answer.text
    return UploadTicket.model_validate_json(answer.content)


async def put(ticket: UploadTicket, body: bytes) -> int:
    """As a browser would, which writes the length by itself."""
    headers = {name: value for name, value in ticket.headers.items() if name != "content-length"}
    async with httpx.AsyncClient(trust_env=False, timeout=30) as browser:
        return (await browser.put(ticket.url, content=body, headers=headers)).status_code


async def fetched(url: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as browser:
        return await browser.get(url)


async def uploaded(
    phone: Phone, who: Mapping[str, str], body: bytes = TEXT, content_type: str = "text/plain", name: str = "poem.txt"
) -> UploadTicket:
    ticket = await asked(phone, who, described(body, content_type, name))
    assert await put(ticket, body) == 200
    return ticket


async def claim(phone: Phone, who: Mapping[str, str], upload: str, **more: Any) -> httpx.Response:
    return await phone.post(DOCUMENTS, json={"upload": upload, **more}, headers=who)


async def kept(phone: Phone, who: Mapping[str, str], body: bytes = TEXT, **more: Any) -> dict[str, Any]:
    """A document of one's own."""
    ticket = await uploaded(phone, who, body)
    answer = await claim(phone, who, ticket.id, **more)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document
