"""Stands for a secret in a stored mail: the secret takes its place at each call, and is stored nowhere (case 24)."""

from collections.abc import Mapping
from typing import Any, Final

SIGN_IN: Final = "{{secret:sign_in}}"
"""No character of it is changed by escaping for HTML, and all of them may stand in a link."""

BODIES: Final = ("html", "text")


def shown_in(html: str, text: str) -> bool:
    return SIGN_IN in html and SIGN_IN in text


def reveal(request: Mapping[str, Any], secret: str) -> dict[str, Any]:
    """The request as it is sent. Only for a mail that was stored with a secret: a person may have typed the words."""
    return {**request, **{part: request[part].replace(SIGN_IN, secret) for part in BODIES}}


def conceal(words: str, secret: str) -> str:
    """`words` of another service about a request, fit to be stored."""
    return words.replace(secret, SIGN_IN)
