"""How many pages a PDF of ours has, without a library to read it: typst writes its page trees plainly."""

import re
from typing import Final

_TREE: Final = re.compile(rb"/Type/Pages/Count (\d+)")


def pages_of(pdf: bytes) -> int:
    """The root of the trees counts the most. Raises ValueError for a file that typst has not written."""
    return max(int(count) for count in _TREE.findall(pdf))
