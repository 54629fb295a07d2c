"""Which request it is, as hashes: neither keys, addresses nor bodies stand in a store or in a key's name.

    id          = SHA-256(method, route, caller, key)          one caller's key at one address
    fingerprint = SHA-256(method, route, key, body)            what was asked under it

The body counts as the value that its JSON stands for, because that is all a route ever sees of it: a client that
writes the same value anew, with its fields in another order or with other spaces, asks the same. `1` and `1.0` stay
apart, and so do a field that is left out and one that says the default. The key, which is stored nowhere, salts both:
whoever reads the store can't try out which address a short body held.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Asked:
    id: str
    fingerprint: str


def identify(*, method: str, route: str, caller: Iterable[str], key: str, body: bytes) -> Asked:
    """`route` has the ids of its path in it: one for each thing. `caller` are the parts that tell callers apart."""
    words = [word.encode() for word in (method, route, key)]
    return Asked(
        id=_hash(b"millrace/idempotency/id/1", *words, *(part.encode() for part in caller)),
        fingerprint=_hash(b"millrace/idempotency/fingerprint/1", *words, _canonical(body)),
    )


def _hash(*parts: bytes) -> str:
    """Every part is hashed by itself first, so that none can run over into the next."""
    digest = sha256()
    for part in parts:
        digest.update(sha256(part).digest())
    return digest.hexdigest()


def _canonical(body: bytes) -> bytes:
    try:
        return json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return body  # no JSON, or none that a route would take: it is refused before anything is kept
