"""Case 22 at large: wherever send_email dies or loses an answer, there is exactly one mail in the end."""

from datetime import UTC, datetime

import pytest

from functions.send_email.contract import CONTRACT, SendEmail, SignInMail
from tests.chaos.conftest import CrashAtEveryStep
from tests.support.crash.mails import mails

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(600)]


def sign_in(tag: str) -> SendEmail:
    to, asked = f"{tag}@example.com", datetime(2026, 11, 23, 9, tzinfo=UTC)
    return SendEmail(mail=SignInMail(to=to, kid="local", minutes=15, requested_at=asked))


async def test_every_crash_leaves_one_mail(crash_at_every_step: CrashAtEveryStep) -> None:
    report = await crash_at_every_step(CONTRACT, payload=sign_in, effects=mails, exactly=1, direct={"redis"})

    assert "resend POST /emails" in map(str, report.crossings)
