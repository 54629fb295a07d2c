"""Whoever adds a collection, a prefix in the bucket or a name in Redis must say what an erasure does about it."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from functions.cleanup_blobs.marking import KEPT
from functions.erase_user.erasing import REMOVED
from functions.erase_user.places import Place
from functions.erase_user.whereabouts import COLLECTIONS, PREFIXES, REDIS
from infra.local.processes import ROOT
from shared.blobs.owners import OWNED
from shared.collections import INDEXES

NO_NAMES = {
    "ai": "names a cache",
    "alert": "a business key",
    "cron": "a run's id",
    "entry": "within a cache's names",
    "health": "a business key",
    "key": "a principal's id",
    "lease": "within a cache's names",
    "owner": "a cache's tag",
}
"""What else begins with a word and a colon."""
NO_KEYS = {
    "bedrock": "a model's id",
    "functions": "a path, in an error",
    "openai": "a model's id",
}
"""What else begins with a word and a slash."""


def sources() -> Iterator[Path]:
    for folder in ("shared", "functions"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def beginnings(mark: str) -> Mapping[str, set[str]]:
    """The words that f-strings begin with before `mark` and a value, as in f"uploads/{token}", and the files."""
    found: dict[str, set[str]] = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
                word = re.match(rf"([a-z_]+){mark}", str(node.values[0].value))
                if word and not str(node.values[0].value).startswith(f"{word[1]}{mark} "):
                    found.setdefault(word[1], set()).add(str(path.relative_to(ROOT)))
    return found


def test_every_collection_is_known() -> None:
    assert set(COLLECTIONS) == set(INDEXES)


def test_every_prefix_that_has_owners_is_known() -> None:
    assert set(PREFIXES) == {*OWNED, *KEPT}


def test_every_key_of_the_bucket_that_is_made_begins_with_a_known_word() -> None:
    made = {word: files for word, files in beginnings("/").items() if word not in NO_KEYS}
    assert set(made) <= set(PREFIXES), {word: made[word] for word in set(made) - set(PREFIXES)}
    assert {"uploads", "files", "texts", "reports"} <= set(made)


def test_every_name_in_redis_that_is_made_begins_with_a_known_word() -> None:
    made = {word: files for word, files in beginnings(":").items() if word not in NO_NAMES}
    assert set(made) <= set(REDIS), {word: made[word] for word in set(made) - set(REDIS)}
    assert {"answers", "cache", "limit", "lock", "bulkhead", "breaker", "idempotent"} <= set(made)


@pytest.mark.parametrize("known", [COLLECTIONS, PREFIXES, REDIS], ids=["collections", "prefixes", "redis"])
def test_what_is_said_to_be_emptied_is_emptied_in_every_round(known: Mapping[str, Place | str]) -> None:
    assert {place for place in known.values() if not isinstance(place, str)} <= set(REMOVED.values())
