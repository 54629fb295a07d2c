"""The job that mails: what comes in (contract.py), what is done (sending.py), and what it needs for that."""

from typing import Any

from functions.bundle import job
from functions.send_email.contract import CONTRACT, SendEmail
from functions.send_email.prepare import Letterhead
from functions.send_email.sending import Services, evidence, send_email
from shared.config import AlertSettings, AppSettings, MailSettings, TokenSettings, load
from shared.context import JobContext
from shared.process import Process
from shared.tokens import key_ring


def wire(process: Process) -> Services:
    """At the first run: Resend's SDK is imported here, when the claim has been made."""
    from functions.send_email.render import render
    from functions.send_email.resend_client import ResendClient

    mail, app = load(MailSettings), load(AppSettings)
    head = Letterhead(mail.mail_from, load(AlertSettings).mail_operators, app.app_url, app.stage)
    keys, breaker = key_ring(load(TokenSettings)), process.breaker("resend")
    return Services(process.database, ResendClient(mail), render, keys, head, breaker)


@job(CONTRACT, services=wire, evidence=lambda process: evidence(process.database))
async def handler(payload: SendEmail, context: JobContext[Services]) -> dict[str, Any]:
    return await send_email(payload, context)
