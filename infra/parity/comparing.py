"""All of the comparisons."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from infra.parity.given import given
from infra.parity.keys import keys
from infra.parity.model import Difference, Repository
from infra.parity.page import page
from infra.parity.values import values

COMPARISONS: Final[Sequence[Callable[[Repository], Iterator[Difference]]]] = (keys, values, page, given)


def differences(root: Path) -> Sequence[Difference]:
    """None where all is alike. Raises ServerlessError for a file that can't be read."""
    repository = Repository(root)
    return [one for comparison in COMPARISONS for one in comparison(repository)]
