"""The mailbox as pages: a list, and one mail with its body in a sandbox. All of it is a stranger's text.

No script runs on these pages or in the mail: the policy has no `script-src` and the frame no `allow-scripts`.
The frame inherits the policy, which is why inline styles are allowed (mails have no others) and remote images
are not (they would tell a stranger that the mail was read). A link in the mail opens in a tab of its own.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from infra.local.resend.mail import Mail, iso, iso_or_none
from infra.local.resend.page import page
from infra.local.resend.store import Store
from infra.local.resend.views import in_full

HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
SANDBOX: Final = "allow-popups allow-popups-to-escape-sandbox"


@dataclass(frozen=True, slots=True)
class Mailbox:
    store: Store

    async def index(self, _request: Request) -> Response:
        mails = list(self.store.newest_first())
        return _answer(page("Mailbox", _list(mails) if mails else '<p class="empty">No mail has come yet.</p>'))

    async def mail(self, request: Request) -> Response:
        mail = self.store.find(request.path_params["id"])
        if mail is None:
            return _answer(page("Mailbox", '<p class="empty">There is no such mail.</p>'), 404)
        return _answer(page(mail.draft.subject, _mail(mail)))


def _answer(text: str, status: int = 200) -> Response:
    return HTMLResponse(text, status, headers=HEADERS)


def _list(mails: Iterable[Mail]) -> str:
    rows = "".join(
        f'<a class="row" href="/mail/{escape(mail.id)}">{_badge(mail)}'
        f'<span class="to">{escape(", ".join(mail.draft.to))}</span>'
        f'<span class="subject">{escape(mail.draft.subject)}</span>'
        f"<time>{_short(mail.sent_at or mail.created_at)}</time></a>"
        for mail in mails
    )
    return f'<nav class="card">{rows}</nav>'


def _mail(mail: Mail) -> str:
    return (
        f'<p><a href="/">&larr; Mailbox</a></p><h1>{escape(mail.draft.subject)} {_badge(mail)}</h1>'
        f'<dl class="card">{_facts(mail)}</dl>{_html(mail)}{_plain(mail)}'
        f"<details><summary>Raw JSON</summary><pre>{escape(_raw(mail))}</pre></details>"
    )


def _facts(mail: Mail) -> str:
    draft = mail.draft
    facts = {
        "From": draft.sender,
        "To": ", ".join(draft.to),
        "Cc": ", ".join(draft.cc),
        "Bcc": ", ".join(draft.bcc),
        "Reply to": ", ".join(draft.reply_to),
        "Sent": iso_or_none(mail.sent_at),
        "Scheduled": iso_or_none(mail.send_at),
        "Id": mail.id,
        "Idempotency key": f"{mail.key} (called {mail.calls}x)" if mail.key else None,
        "Tags": ", ".join(f"{tag['name']}={tag['value']}" for tag in draft.tags),
        "Attachments": ", ".join(item.get("filename") or item.get("path", "") for item in draft.attachments),
    }
    named = [*facts.items(), *draft.headers.items()]  # a header called Sent must not hide ours
    return "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in named if text)


def _html(mail: Mail) -> str:
    if mail.draft.html is None:
        return ""
    return (
        f'<h2>HTML</h2><iframe class="card" title="The mail\'s HTML body" sandbox="{SANDBOX}" '
        f'srcdoc="{escape(mail.draft.html)}"></iframe>'
    )


def _plain(mail: Mail) -> str:
    return "" if mail.draft.text is None else f'<h2>Plain text</h2><pre class="card">{escape(mail.draft.text)}</pre>'


def _badge(mail: Mail) -> str:
    return f'<span class="badge {escape(mail.last_event)}">{escape(mail.last_event)}</span>'


def _short(at: float) -> str:
    return iso(at)[:19].replace("T", " ")


def _raw(mail: Mail) -> str:
    return json.dumps(in_full(mail), indent=2, ensure_ascii=False)
