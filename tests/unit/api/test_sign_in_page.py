"""The page that a magic link leads to: what it may load, say and keep."""

import re

import pytest

from functions.api.routes.sign_in import PAGES, POLICY

ROUTES = PAGES.parent / "routes"
HTML = (PAGES / "sign-in.html").read_text()
SCRIPT = (PAGES / "sign-in.js").read_text()


def test_the_policy_lets_it_load_its_own_files_and_nothing_else() -> None:
    parts = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert parts == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }


def test_no_script_or_style_stands_in_the_page_itself() -> None:
    assert re.findall(r"<script(?![^>]*\ssrc=)", HTML) == []
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", HTML)
    assert set(re.findall(r'(?:src|href)="([^"]*)"', HTML)) == {"/sign-in.css", "/sign-in.js"}


@pytest.mark.parametrize(
    "sink", ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("]
)
def test_the_script_writes_text_and_never_markup(sink: str) -> None:
    assert sink not in SCRIPT


def test_the_script_keeps_the_token_nowhere_and_takes_it_out_of_the_address_bar() -> None:
    assert "history.replaceState" in SCRIPT
    assert not re.search(r"localStorage|sessionStorage|document\.cookie|indexedDB", SCRIPT)


def test_each_try_has_the_same_key_so_that_a_lost_answer_is_told_as_one() -> None:
    """Without it the link that has just signed in would be said to work no longer."""
    assert SCRIPT.count("crypto.randomUUID()") == 1
    assert '"Idempotency-Key": key' in SCRIPT
    answered = (ROUTES / "sessions.py").read_text() + (ROUTES.parent / "idempotency.py").read_text()
    for kind in re.findall(r'is\(body, "([a-z-]+)"\)', SCRIPT):
        assert f'409, "{kind}"' in answered, "a kind of answer that the API gives"


def test_the_page_speaks_to_everybody() -> None:
    assert '<html lang="en">' in HTML
    assert 'name="viewport"' in HTML
    assert 'role="status"' in HTML
    assert "<noscript>" in HTML
    assert "<h1" in HTML
