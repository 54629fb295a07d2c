"""What is indexed: documents of some 120 words, of which few are frequent and most are rare, as in any language.

The same number is the same document in every run. One owner holds six of ten, the others some hundreds each share the
rest; what is asked for is that owner's.
"""

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from itertools import accumulate, product
from random import Random
from typing import Final

from shared.search.index import Known
from shared.search.model import Entry

OWNER: Final = "ada"
OTHERS: Final = 300
COMMON: Final = 50
"""Words that are too frequent to be asked for."""
WORDS: Final = 40_000
ZIPF: Final = 1.07
NOON: Final = 1_750_000_000_000
MINUTE: Final = 60_000
PAGE: Final = 2_000
_SYLLABLES: Final = ["".join(pair) for pair in product("bdfgklmnprstvz", ("a", "e", "i", "o", "u", "ai", "ou"))]


@cache
def vocabulary() -> Sequence[str]:
    """The most frequent first; each of two to four syllables."""
    pick = Random(5)
    made: dict[str, None] = {}
    while len(made) < WORDS:
        made["".join(pick.choices(_SYLLABLES, k=pick.choice((2, 3, 3, 4))))] = None
    return list(made)


@cache
def _weights() -> Sequence[float]:
    return list(accumulate(1 / (rank + 2.7) ** ZIPF for rank in range(WORDS)))


def entry(number: int, version: int = 1) -> Entry:
    """Another version of it has other words."""
    pick = Random(f"{number} {version}")
    words = pick.choices(vocabulary(), cum_weights=_weights(), k=118)
    return Entry(
        id=id_of(number),
        version=version,
        owner=OWNER if number % 10 < 6 else f"owner {number // 10 % OTHERS}",
        title=" ".join(words[:5]),
        tags=tuple(dict.fromkeys(f"tag{pick.randrange(40)}" for _ in range(2))),
        name=f"{words[5]}.pdf",
        type=pick.choice(("pdf", "pdf", "docx", "markdown", "html", "text")),
        language=pick.choice(("en", "en", "en", "de", "fr", "und")),
        category=pick.choice(("invoice", "contract", "letter", "report", "")),
        created_at=NOON + number * MINUTE,
        about=" ".join(words[6:18]),
        text=" ".join(words[18:]),
    )


def id_of(number: int) -> str:
    """As random as ids are, and as long."""
    return blake2b(number.to_bytes(8), digest_size=11).hexdigest()


class Corpus:
    """The first `size` documents, as a source to rebuild an index from. MongoDB knows none of them."""

    def __init__(self, size: int) -> None:
        self._numbers = {id_of(number): number for number in range(size)}

    def entries(self) -> Iterator[Entry]:
        return map(entry, self._numbers.values())

    @property
    def bytes(self) -> int:
        """Of the words in it."""
        return sum(len(one.title) + len(one.about) + len(one.text) for one in self.entries())

    async def known(self) -> AsyncIterator[Sequence[Known]]:
        ids = sorted(self._numbers)
        for at in range(0, len(ids), PAGE):
            yield [Known(name, 1, gone=False) for name in ids[at : at + PAGE]]

    async def states(self, ids: Collection[str]) -> Sequence[Entry]:
        return [entry(self._numbers[name]) for name in ids if name in self._numbers]
