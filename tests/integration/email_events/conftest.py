"""The door of Resend's webhooks and the job that mails, on one real store; the test plays Resend."""

import time

import pytest

from functions.send_email.prepare import Letterhead
from functions.send_email.render import render
from functions.send_email.sending import Services
from shared.breakers import LocalBreaker
from shared.database import Database
from tests.integration.api.front import keys
from tests.integration.email_events.bench import TO, Post
from tests.integration.send_email.bench import KID, SECRET, Bench
from tests.integration.send_email.mailers import Forbidden
from tests.support import svix


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database, svix.handler_on(database))


@pytest.fixture
def bench(database: Database) -> Bench:
    """Of the job; every test says who its Resend is."""
    head = Letterhead("Mill <mill@race.dev>", ("op@race.dev",), "https://app.race.dev", "dev")
    breaker = LocalBreaker("resend", time.monotonic, failures=100)
    services = Services(database, Forbidden(), render, keys(f"{KID}:{SECRET}"), head, breaker)
    return Bench(database, "http://resend.invalid", TO, services)
