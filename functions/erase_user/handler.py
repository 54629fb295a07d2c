"""The job that erases a user: what comes in (contract.py), what is done (erasing.py), and what it needs for that."""

from functools import partial

from functions.bundle import job
from functions.erase_user.contract import CONTRACT, EraseUser
from functions.erase_user.erasing import Erased, erase_user
from functions.erase_user.services import Context, Services
from shared.context import Continue
from shared.process import Process


def wire(process: Process) -> Services:
    """At the first run. Redis' client is imported here, boto3 at the first call."""
    from shared import idempotency
    from shared.ai import kept_for

    return Services(
        process.database,
        process.storage,
        forget_requests=partial(idempotency.erase, process.database),
        forget_answers=partial(kept_for.forget, process.redis),
        take_back=process.publisher().cancel,
    )


@job(CONTRACT, services=wire)
async def handler(payload: EraseUser, context: Context) -> Erased | Continue:
    return await erase_user(payload, context)
