"""How fast text is got out of a file, by the job's kept worker, beside libraries and beside reading it alone.

MB are those of the text, the same for both sides. The worker is warm: what its start costs is the first answer's.
"""

import tempfile
from pathlib import Path

from functions.analyze_document.reading import LIMITS, MODULE, MOST_CHARACTERS, SECONDS
from shared.worker import Worker
from tests.benchmarks.extracting.corpus import LINE, LINES, Corpus, Sample, made
from tests.benchmarks.extracting.peers import PEERS, Peer
from tests.benchmarks.figures import Effort, Row, Timed, medians


async def measure(effort: Effort) -> list[Row]:
    worker = Worker(MODULE, LIMITS)
    try:
        with tempfile.TemporaryDirectory() as folder:
            corpus = made(Path(folder), effort.pages)
            return [row for sample in corpus.samples for row in await _rows(effort, worker, corpus, sample)]
    finally:
        await worker.close()


async def _rows(effort: Effort, worker: Worker, corpus: Corpus, sample: Sample) -> list[Row]:
    into = sample.path.with_suffix(".text")
    peers = PEERS[sample.what]
    asked = {
        "path": str(sample.path),
        "content_type": sample.content_type,
        "into": str(into),
        "most_characters": MOST_CHARACTERS,
    }

    async def ours() -> None:
        await worker.ask(asked, seconds=SECONDS)

    await ours()
    last = LINE.format(LINES - 1, effort.pages - 1)
    if any(last not in text for text in (into.read_text(), *(peer(sample.path) for _, peer in peers))):
        raise RuntimeError(f"not all text was got out of the {sample.what}")
    subject, *others = await medians(effort.rounds, ours, *(_called(peer, sample.path) for _, peer in peers))
    return [
        Row(f"text of {sample.what}", corpus.megabytes / subject, "MB/s", beside, corpus.megabytes / other)
        for (beside, _), other in zip(peers, others, strict=True)
    ]


def _called(peer: Peer, path: Path) -> Timed:
    async def run() -> None:
        peer(path)

    return run
