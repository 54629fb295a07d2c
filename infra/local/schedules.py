"""Makes QStash have the crons that serverless.yml declares, as `python -m infra schedules apply` does in any stage."""

from collections.abc import Mapping

from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from infra.local.serverless import Service
from infra.schedules.account import Account, apply
from infra.schedules.declared import declared
from infra.schedules.differing import Kind, differences


async def apply_schedules(
    service: Service, urls: Mapping[str, str], environment: Mapping[str, str], *, prune: bool
) -> None:
    """Safe to repeat. `prune` what is not declared: only where the account is the stack's own."""
    token = environment.get("QSTASH_TOKEN", DEVELOPMENT_TOKEN)
    async with Account.opened(environment["QSTASH_URL"], token) as account:
        found = differences(declared(service, urls), await account.found())
        await apply(account, [one for one in found if prune or one.kind is not Kind.GONE])
