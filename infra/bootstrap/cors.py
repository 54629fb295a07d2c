"""The CORS rule of the bucket: what a browser needs to put and get by signed URL, and no more."""

from collections.abc import Mapping, Sequence
from typing import Any

Rule = Mapping[str, Any]


def allowing(origins: Sequence[str]) -> list[Rule]:
    """None where no page of another origin is to come."""
    if not origins:
        return []
    return [
        {
            "AllowedOrigins": list(origins),
            "AllowedMethods": ["GET", "HEAD", "PUT"],
            "AllowedHeaders": ["content-type", "x-amz-checksum-sha256"],
            "MaxAgeSeconds": 3600,
        }
    ]


def alike(some: Sequence[Rule], others: Sequence[Rule]) -> bool:
    """Whether they allow the same. A store may tell lists in another order, and headers in another case."""
    return len(some) == len(others) and all(map(_same, some, others))


def _same(one: Rule, other: Rule) -> bool:
    return _normal(one) == _normal(other)


def _normal(rule: Rule) -> tuple[Any, ...]:
    exact = [frozenset(rule.get(name, ())) for name in ("AllowedOrigins", "AllowedMethods", "ExposeHeaders")]
    return (*exact, frozenset(name.lower() for name in rule.get("AllowedHeaders", ())), rule.get("MaxAgeSeconds"))
