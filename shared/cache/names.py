"""What things are called in Redis: by hashes, because a caller's key may hold an address and key names are shown."""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Slot:
    """Everything in Redis that one key, asked for with these tags, has to do with."""

    entry: str
    lease: str
    versions: tuple[str, ...]
    """The key's own first, then its tags'."""
    tagged: str
    """Stands for the set of tags: an entry that was stored with others is not valid under these."""

    @property
    def keys(self) -> list[str]:
        """As the scripts take them."""
        return [self.entry, self.lease, *self.versions]


@dataclass(frozen=True, slots=True)
class Names:
    """Code that knows the values in another shape has entries and leases of its own, under the same versions."""

    cache: str
    shape: str

    def slot(self, key: str, tags: Collection[str]) -> Slot:
        distinct = sorted({self.of_tag(tag) for tag in tags})
        return Slot(
            entry=self.entry(key),
            lease=self._name(f"lease:{self.shape}", key),
            versions=(self.of_key(key), *distinct),
            tagged=_hashed("\n".join(distinct)) if distinct else "-",
        )

    def of_key(self, key: str) -> str:
        """The key's version."""
        return self._name("key", key)

    def of_tag(self, tag: str) -> str:
        """The tag's version."""
        return self._name("tag", tag)

    def entry(self, key: str) -> str:
        return self._name(f"entry:{self.shape}", key)

    def _name(self, kind: str, text: str) -> str:
        return f"cache:{self.cache}:{kind}:{_hashed(text)}"


def _hashed(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
