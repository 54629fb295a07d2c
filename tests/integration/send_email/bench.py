"""What a test of the mail job needs: a desk that delivers, the mailbox, the mail's record, and hands on all of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx
from pydantic import SecretStr

from functions.send_email.contract import CONTRACT, SendEmail, SignInMail
from functions.send_email.prepare import Letterhead
from functions.send_email.sending import Services, evidence, send_email
from shared.config import MailSettings
from shared.database import Database
from shared.runs.model import Run
from tests.support.desk import Desk

API_KEY = "re_a_key_of_the_tests"
KID = "k1"
SECRET = "a-token-key-of-the-tests-long-enough"


@dataclass
class Bench:
    """One mail's test; `to` is nobody else's address, since the mailbox is shared."""

    database: Database
    url: str
    to: str
    services: Services

    def desk(self, **changed: Any) -> Desk:
        """A deployment of the job; another desk with `changed` services is the next one."""
        services = replace(self.services, **changed)
        return Desk(self.database, CONTRACT, send_email, services=services, evidence=evidence(self.database))

    def head(self, **changed: Any) -> Letterhead:
        return replace(self.services.head, **changed)

    def sign_in(self) -> SendEmail:
        return SendEmail(mail=SignInMail(to=self.to, kid=KID, minutes=15, requested_at=datetime.now(UTC)))

    def token(self, run: Run) -> str:
        return self.services.keys.token(KID, run.id)

    def fault(self, *faults: Mapping[str, Any]) -> None:
        """What happens to Resend's next calls."""
        httpx.post(f"{self.url}/local/faults", json={"next": list(faults)}, timeout=30).raise_for_status()

    def mails(self, to: str | None = None) -> list[dict[str, Any]]:
        """What is in the mailbox."""
        found: list[dict[str, Any]] = httpx.get(
            f"{self.url}/local/emails", params={"to": to or self.to}, timeout=30
        ).json()["data"]
        return found

    async def record(self, run: Run) -> dict[str, Any]:
        document = await self.database.emails.find_one({"_id": run.id})
        assert document is not None
        return document

    async def age(self, run: Run, hours: float) -> None:
        """Let the mail's first call have been so long ago."""
        await self.database.emails.update_one({"_id": run.id}, {"$inc": {"first_call_at": -int(hours * 3_600_000)}})

    async def again(self, desk: Desk, run: Run, **options: Any) -> Any:
        """The next delivery, when the wait is over and the lease, if one was left, too."""
        await desk.change(run.id, not_before=0, lease=0)
        return await desk.deliver(run, **options)

    async def result(self, desk: Desk, run: Run) -> dict[str, Any]:
        result: dict[str, Any] = json.loads((await desk.read(run.id)).result or "null")
        return result


def mail_settings(url: str, *, key: str = API_KEY) -> MailSettings:
    return MailSettings(
        stage="dev", resend_api_key=SecretStr(key), resend_api_url=url, mail_from="Mill <mill@race.dev>"
    )
