"""How a mail looks in answers: Resend's full and listed forms, and our own complete one."""

from typing import Any

from infra.local.resend.mail import Mail, iso, iso_or_none


def listed(mail: Mail) -> dict[str, Any]:
    """One item of `GET /emails`: an absent list is null there."""
    draft = mail.draft
    return {
        "id": mail.id,
        "message_id": mail.message_id,
        "from": draft.sender,
        "to": draft.to,
        "created_at": iso(mail.created_at),
        "subject": draft.subject,
        "bcc": draft.bcc or None,
        "cc": draft.cc or None,
        "reply_to": draft.reply_to or None,
        "last_event": mail.last_event,
        "scheduled_at": iso_or_none(mail.send_at),
    }


def retrieved(mail: Mail) -> dict[str, Any]:
    """The answer of `GET /emails/{id}`."""
    draft = mail.draft
    lists = {"bcc": draft.bcc, "cc": draft.cc, "reply_to": draft.reply_to}
    return {
        "object": "email",
        **listed(mail),
        **lists,
        "html": draft.html,
        "text": draft.text,
        "tags": draft.tags,
    }


def in_full(mail: Mail) -> dict[str, Any]:
    """Everything, for `GET /local/emails` and the mailbox page."""
    return {
        **retrieved(mail),
        "headers": mail.draft.headers,
        "attachments": mail.draft.attachments,
        "sent_at": iso_or_none(mail.sent_at),
        "idempotency_key": mail.key,
        "calls": mail.calls,
    }
