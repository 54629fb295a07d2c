"""Tells whoever must know of a run's end, by runs that are accepted in the end's own transaction.

    operators     of failures: one mail a job and window, recorded with the first one and sent at the window's end
    a server      of every end of a run that its API key has started, where the key has a webhook

The mail counts for itself what failed in its window, so that five thousand failures write one record and are one mail
(case 36). It is left `pending` for the relay: no function needs the URL of one that could call it back. The webhook's
run is handed over at once by a function that has its URL (Enqueuer.hand_over_telling), and by the relay else. Neither
of them tells of its own end.

Their contracts are imported when there is something to tell: every job carries this, and most runs end well.
"""

from datetime import timedelta
from typing import Final

from shared.clock import new_token
from shared.database import Database, Session
from shared.enqueue import new_run
from shared.runs import outbox
from shared.runs.finish import Alert, telling
from shared.runs.model import Run, State, instant
from shared.runs.record import NewRun

WINDOW: Final = timedelta(minutes=5)
OPERATORS: Final = "operators"
"""The owner of alert runs."""
WEBHOOKS: Final = "webhooks"
"""The owner of the runs that tell servers, so that they are in no list of a server's own."""


def alerting(database: Database) -> Alert:
    """What the runtime calls, in the transaction that ends a run."""

    async def record(run: Run, session: Session) -> None:
        if run.finished is None:
            raise ValueError("only a finished run is told of")
        if run.state is State.FAILED and run.raises_alert:
            await outbox.insert(database, _digest(run, run.finished), session=session)
        if run.notify:
            await outbox.insert(database, _webhook(run, run.notify), session=session)

    return record


def _digest(run: Run, finished: int) -> NewRun:
    from functions.send_email.contract import CONTRACT, FailureDigest, SendEmail

    window = int(WINDOW.total_seconds() * 1000)
    since = finished // window * window
    digest = FailureDigest(job=run.job, since=instant(since), until=instant(since + window))
    return new_run(
        CONTRACT,
        SendEmail(mail=digest),
        owner=OPERATORS,
        run_id=new_token(),
        key=f"alert:{run.job}:{since}",
        delay=(since + window - finished) / 1000,
        raises_alert=False,
    )


def _webhook(run: Run, key: str) -> NewRun:
    from functions.send_webhook.contract import CONTRACT, RunEnded, SendWebhook

    return new_run(CONTRACT, SendWebhook(event=RunEnded(key=key, run=run.id)), owner=WEBHOOKS, run_id=telling(run))
