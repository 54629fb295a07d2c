"""What is Ada's: one of everything that the API knows, and a way to call each endpoint about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from shared import reports
from shared.clock import new_token
from shared.database import transaction
from shared.mail.suppressions import Suppression, suppress
from tests.integration.api.front import Front, Phone
from tests.integration.documents.files import kept, uploaded
from tests.security.touching.endpoints import Endpoint

TITLE: Final = "Ada's"

Who = dict[str, str]
"""The headers of a caller."""
Everything = dict[str, dict[Any, Any]]
"""The records of each collection, by their ids."""


@dataclass(frozen=True)
class Scene:
    front: Front
    phone: Phone
    ada: Who
    names: Mapping[str, str]
    """Of the things in paths and bodies: `document_id`, `upload`, .."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no answer to another says. (A document's id comes back to whoever has sent it.)"""
        return (TITLE, *(self.names[name] for name in ("report_id", "upload", "run_id", "session_id", "key_id")))

    async def call(self, endpoint: Endpoint, who: Mapping[str, str]) -> httpx.Response:
        return await self.about(self.names, endpoint, who)

    async def about_nothing(self, endpoint: Endpoint, who: Mapping[str, str]) -> httpx.Response:
        """The same call about things that there are not."""
        return await self.about(dict.fromkeys(self.names, "nothing"), endpoint, who)

    async def about(self, names: Mapping[str, str], endpoint: Endpoint, who: Mapping[str, str]) -> httpx.Response:
        path = endpoint.path.format(**names)
        body = _filled(endpoint.body, names)
        headers = {**who, "If-Match": "*"}
        return await self.phone.request(endpoint.method, path, json=body, headers=headers)

    async def link(self, path: str) -> str:
        """The signed URL of a download of hers."""
        answer = await self.phone.get(path.format(**self.names), headers=self.ada)
        assert answer.status_code == 200, answer.text
        url: str = answer.json()["url"]
        return url

    async def everything(self) -> Everything:
        """All that the database holds."""
        found = {}
        for name in await self.front.database.list_collection_names():
            found[name] = {one["_id"]: one async for one in self.front.database[name].find({})}
        return found


def _filled(body: Mapping[str, Any] | None, names: Mapping[str, str]) -> dict[str, Any] | None:
    """A row's body, with the names in it."""
    if body is None:
        return None
    return {name: value.format(**names) if isinstance(value, str) else value for name, value in body.items()}


async def set_up(front: Front, phone: Phone) -> Scene:
    ada = await front.signed_in(phone, "ada@example.com")
    document = await kept(phone, ada, title=TITLE)
    upload = await uploaded(phone, ada)
    started = await phone.post("/v1/jobs/analyze_document", json={"document": document["id"]}, headers=ada)
    await front.signed_in(phone, "ada@example.com")
    sessions = (await phone.get("/v1/auth/sessions", headers=ada)).json()["items"]
    report = await _reported(front, document["id"])
    made = await phone.post(
        "/v1/api-keys", json={"name": TITLE, "scopes": ["jobs:read"]}, headers=await front.key("operator")
    )
    names = {
        "document_id": document["id"],
        "report_id": report,
        "upload": upload.id,
        "run_id": started.json()["job"],
        "job": "send_email",
        "session_id": next(one["id"] for one in sessions if not one["current"]),
        "key_id": made.json()["id"],
        "user_id": await _neighbour(front),
        "address": await _suppressed(front),
    }
    return Scene(front, phone, ada, names)


async def _neighbour(front: Front) -> str:
    """A user besides her: to be erased would be the end of what she may do."""
    user = new_token()
    await front.database.users.insert_one({"_id": user, "email": "neighbour@example.com"})
    return user


async def _suppressed(front: Front) -> str:
    """An address that gets no mail."""
    address = "bounced@example.com"
    new = Suppression(address, "bounced", since=0, run=None, resend_id="re_1")
    await transaction(front.database, lambda session: suppress(front.database, new, session=session))
    return address


async def _reported(front: Front, document: str) -> str:
    """A report of the document's owner, as the job leaves it."""
    record = await front.database.documents.find_one({"_id": document})
    assert record is not None
    draft = reports.Draft(record["owner"], kind="report", title=TITLE, name="report.pdf", content="{}")
    report = await reports.begin(front.database, new_token(), draft, created_at=record["created_at"])
    await reports.finish(front.database, report.id, reports.ReportFile(size=1, pages=1, sha256="00" * 32))
    return report.id
