"""Tells the operators of failed runs: one mail a job and window, recorded with the first failure, sent at its end.

The mail counts for itself what failed in its window, so that five thousand failures write one record and are one mail
(case 36). It is left `pending` for the relay: no function needs the URL of one that could call it back.
"""

from datetime import timedelta
from typing import Final

from functions.send_email.contract import CONTRACT as SEND_EMAIL
from functions.send_email.contract import FailureDigest, SendEmail
from shared.clock import new_token
from shared.database import Database, Session
from shared.enqueue import new_run
from shared.runs import outbox
from shared.runs.finish import Alert
from shared.runs.model import Run, instant

WINDOW: Final = timedelta(minutes=5)
OPERATORS: Final = "operators"
"""The owner of alert runs."""


def mail_alert(database: Database) -> Alert:
    """What the runtime calls, in the transaction that fails a run."""

    async def record(run: Run, session: Session) -> None:
        if run.finished is None:
            raise ValueError("only a finished run can have failed")
        window = int(WINDOW.total_seconds() * 1000)
        since = run.finished // window * window
        digest = FailureDigest(job=run.job, since=instant(since), until=instant(since + window))
        new = new_run(
            SEND_EMAIL,
            SendEmail(mail=digest),
            owner=OPERATORS,
            run_id=new_token(),
            key=f"alert:{run.job}:{since}",
            delay=(since + window - run.finished) / 1000,
            raises_alert=False,
        )
        await outbox.insert(database, new, session=session)

    return record
