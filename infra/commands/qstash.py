"""The stage's account at QStash."""

from contextlib import AbstractAsyncContextManager

from infra.commands.handing_over import CallSettings
from infra.schedules.account import Account
from shared.config import load


def account() -> AbstractAsyncContextManager[Account]:
    """Raises ConfigurationError, before anything is opened."""
    settings = load(CallSettings)
    return Account.opened(settings.qstash_url, settings.qstash_token.get_secret_value())
