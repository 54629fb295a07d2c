"""Tells a destination's URL from the name of a URL group, and refuses what is neither."""

import re
from typing import Final
from urllib.parse import urlsplit

from infra.local.qstash.errors import bad_request

_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,255}")
_FORBIDDEN: Final = re.compile(r"[^\x21-\x7e]|[\\<>\"]")


def is_group_name(destination: str) -> bool:
    return _NAME.fullmatch(destination) is not None


def checked_name(kind: str, name: object) -> str:
    """A queue's, group's or schedule's name; 400 where it can't be one."""
    if not isinstance(name, str) or not is_group_name(name):
        raise bad_request(f"invalid {kind} name: letters, digits, '.', '_' and '-' are allowed")
    return name


def checked_url(url: str) -> str:
    """The URL itself, byte for byte; 400 where no http or https request can be made of it."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or _FORBIDDEN.search(url):
        raise bad_request("invalid destination url: an absolute http:// or https:// url is expected")
    return url
