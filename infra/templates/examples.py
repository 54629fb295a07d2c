"""Mails with made-up props: what the previews show, the fullest and the barest form of each."""

from datetime import UTC, datetime, timedelta
from typing import Final

from functions.send_email.mails import FailedRun, HealthChanged, JobFailed, Mail, ReportReady, SignIn

NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_SIGNED: Final = (
    "https://files.example.org/reports/01JD7Q4Z/quarterly.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=EXAMPLE%2F20261123%2Fauto%2Fs3%2Faws4_request&X-Amz-Date=20261123T120000Z"
    "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
    "&X-Amz-Signature=5f1d7e0c3f6b4b0a9c2e8d7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c"
)

EXAMPLES: Final[dict[str, Mail]] = {
    "sign_in": SignIn(
        app="Document Desk",
        link="https://desk.example.org/sign-in#token=an-example-and-no-real-token",
        minutes=15,
        requested_at=NOON,
    ),
    "report_ready": ReportReady(
        app="Document Desk",
        title="Third quarter: revenue & retention",
        link=_SIGNED,
        expires_at=NOON + timedelta(days=1),
        file="PDF, 1.2 MB",
        summary="Revenue grew by 12 % on the quarter before; most of it came from renewals.\n\n"
        "Two of the forty files could not be read. They are listed on the last page.",
        highlights=(
            "Renewals rose from 81 % to 88 %",
            "Support load fell by a third after the August release",
            "Three customers make up 41 % of the revenue",
        ),
    ),
    "report_ready.bare": ReportReady(
        app="Document Desk",
        title="Contract comparison",
        link="https://files.example.org/reports/contract.pdf",
        expires_at=NOON + timedelta(days=1),
    ),
    "job_failed": JobFailed(
        app="Document Desk",
        stage="prod",
        job="generate_pdf",
        since=NOON - timedelta(minutes=15),
        until=NOON,
        count=5_000,
        samples=(
            FailedRun(
                run="01JD7Q4ZK8W3V5T9XB2M6N0PQR",
                reason="exhausted: 6 of 6 tries, the last one ended by the Lambda's timeout after 60 s",
                at=NOON - timedelta(minutes=14),
            ),
            FailedRun(
                run="01JD7Q4ZK8W3V5T9XB2M6N0PQS",
                reason="permanent: the document's font table is damaged (offset 0x3f2a)",
                at=NOON - timedelta(minutes=9),
            ),
        ),
        console="https://desk.example.org/operators/runs?job=generate_pdf&state=failed",
    ),
    "job_failed.bare": JobFailed(app="Document Desk", stage="dev", job="sync_search", since=NOON, until=NOON, count=1),
    "health_changed": HealthChanged(
        app="Document Desk",
        stage="prod",
        was="healthy",
        was_since=NOON - timedelta(days=12),
        status="down",
        since=NOON - timedelta(minutes=10),
        why=(
            "qstash is down: no answer in 5 s",
            "pending: the oldest of 214 has waited for 24 min",
            "redis: slow, 3.1 s",
        ),
    ),
    "health_changed.bare": HealthChanged(
        app="Document Desk",
        stage="prod",
        was="down",
        was_since=NOON - timedelta(minutes=40),
        status="healthy",
        since=NOON - timedelta(minutes=5),
    ),
}
