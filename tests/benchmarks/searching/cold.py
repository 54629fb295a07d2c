"""What the first search of a process costs that has nothing yet: ours fetches the index from the bucket."""

import asyncio
import json
import statistics
import sys
from pathlib import Path
from typing import Final

from tests.benchmarks.figures import Row, row
from tests.benchmarks.searching.places import Place

ROOT: Final = Path(__file__).parents[3]
MODULE: Final = "tests.benchmarks.searching.first"


async def measure(place: Place, word: str, label: str, rounds: int, words: int) -> list[Row]:
    """`words`: bytes of all that was indexed."""
    turns = [(await _first(place, "tantivy", word), await _first(place, "postgres", word)) for _ in range(rounds)]
    ours = statistics.median(took for (took, _), _ in turns)
    theirs = statistics.median(took for _, (took, _) in turns)
    fetched = turns[0][0][1]
    return [
        row(f"first search of a process, {label}", ours, "ms", "PostgreSQL", theirs),
        Row(f"fetched by it, {label}", fetched / 1e6, "MB", "the words that are in it", words / 1e6),
    ]


async def _first(place: Place, engine: str, word: str) -> tuple[float, int]:
    """Seconds, and the bytes that came from the bucket."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", MODULE, word, cwd=ROOT, env=place.environment(engine), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await child.communicate()
    if child.returncode != 0:
        raise RuntimeError(f"failed: {MODULE}")
    took, fetched = json.loads(said)
    return took, fetched
