"""The door of Resend's webhooks on a real store, with nothing of Resend's behind it."""

import pytest

from functions.email_events.handler import EventHandler
from shared.database import Database
from tests.support import svix


@pytest.fixture
def door(database: Database) -> EventHandler:
    return svix.handler_on(database)
