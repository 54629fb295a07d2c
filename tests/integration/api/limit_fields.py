"""Reads the fields `RateLimit-Policy` and `RateLimit` as strictly as their grammar is (RFC 9651)."""

import re

import httpx

POLICY = re.compile(r'"([a-z-]+)";q=(0|[1-9][0-9]*);w=([1-9][0-9]*)')
LEFT = re.compile(r'"([a-z-]+)";r=(0|[1-9][0-9]*);t=(0|[1-9][0-9]*)')
Numbers = dict[str, tuple[int, int]]


def members(pattern: re.Pattern[str], field: str) -> Numbers:
    """A List (RFC 9651) of Strings with two Integer parameters: each name once, every byte of it read."""
    found = [pattern.fullmatch(member) for member in field.split(", ")]
    read = {one[1]: (int(one[2]), int(one[3])) for one in found if one}
    assert len(read) == len(found), field
    return read


def policies(response: httpx.Response) -> Numbers:
    return members(POLICY, response.headers["ratelimit-policy"])


def left(response: httpx.Response) -> Numbers:
    return members(LEFT, response.headers["ratelimit"])
