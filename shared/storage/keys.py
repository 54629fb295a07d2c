"""What a key may be: the alphabet of the stricter store holds for both, so that objects can be moved between them."""

import re
from typing import Final

_ALPHABET: Final = re.compile(r"[A-Za-z0-9_/!.*'() &$=@;:+,?-]{1,900}")
"""Supabase's; S3 itself takes 1,024 bytes, and a prefix of the store's own may come before it."""


def checked(key: str) -> str:
    """The key. Raises ValueError: keys are made by us, so a bad one is a fault of ours."""
    if not fits(key):
        raise ValueError("not a key that every store takes")
    return key


def fits(key: str) -> bool:
    """Of a key that may be another program's."""
    return bool(_ALPHABET.fullmatch(key)) and not any(part in {"", ".", ".."} for part in key.split("/"))
