"""Keeps segments few: of each tier, eight become one.

Tiers are powers of eight of living documents: 1 to 7, 8 to 63, 64 to 511, .. A document that came alone is therefore
written again once a tier, five times until it is among 32,768, and a change of one document never rewrites more than
eight segments of one tier. Tantivy's own policy would merge all segments under 10,000 documents with every eighth
commit; so it is shown eight at a time, which it merges at once. From LARGE on it is shown all large ones, and decides.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from shared.search.tantivy.generations import Segment

WIDTH: Final = 8
"""Segments that are merged; the number from which Tantivy's policy merges (LogMergePolicy)."""
LARGE: Final = 10_000
"""Living documents; below it that policy takes all segments to be of one size."""


def tier(segment: Segment) -> int:
    return (segment.live.bit_length() - 1) // 3


def next_merge(segments: Sequence[Segment]) -> Sequence[Segment]:
    """Those that are to become one, or fewer if they are large; none: nothing is to be done. The lowest tier first."""
    tiers: dict[int, list[Segment]] = defaultdict(list)
    for segment in segments:
        tiers[tier(segment) if segment.live < LARGE else LARGE].append(segment)
    for size, found in sorted(tiers.items()):
        if len(found) >= WIDTH:
            smallest = sorted(found, key=lambda segment: segment.live)
            return smallest if size == LARGE else smallest[:WIDTH]
    return ()
