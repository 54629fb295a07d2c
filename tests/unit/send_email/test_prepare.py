"""Small decisions on the way from a payload to a mail; the rest is tested on a real store."""

import pytest

from functions.send_email.digest import reason
from functions.send_email.placeholder import SIGN_IN, conceal, reveal, shown_in
from functions.send_email.prepare import Letterhead


@pytest.mark.parametrize(
    ("sender", "app"),
    [
        ("Millrace <hello@race.dev>", "Millrace"),
        ('"Mill, Race" <hello@race.dev>', "Mill, Race"),
        ("hello@race.dev", "race.dev"),
        ("", "Millrace"),
    ],
)
def test_the_application_is_called_as_its_mails_are_signed(sender: str, app: str) -> None:
    assert Letterhead(sender, (), "https://app.race.dev", "dev").app == app


def test_a_secret_takes_its_place_in_the_bodies_and_nowhere_else() -> None:
    stored = {"to": ["a@race.dev"], "subject": SIGN_IN, "html": f"<a href='{SIGN_IN}'>", "text": SIGN_IN}
    assert reveal(stored, "tok") == {**stored, "html": "<a href='tok'>", "text": "tok"}
    assert conceal("the link tok", "tok") == f"the link {SIGN_IN}"


@pytest.mark.parametrize(("html", "text"), [("", SIGN_IN), (SIGN_IN, ""), ("", "")])
def test_a_mail_that_shows_the_link_in_one_form_only_is_noticed(html: str, text: str) -> None:
    assert not shown_in(html, text)


@pytest.mark.parametrize(
    ("ended", "error", "words"),
    [
        ("never", {"code": "permanent", "message": "never"}, "never"),
        ("all 6 tries are used up", {"message": "redis: timeout"}, "all 6 tries are used up: redis: timeout"),
        ("cut", {"message": "cut and more"}, "cut and more"),
        ("expired", None, "expired"),
        (None, None, "no reason was recorded"),
    ],
)
def test_a_failures_reason_says_what_was_met_and_says_it_once(ended: str, error: object, words: str) -> None:
    assert reason(ended, error) == words
