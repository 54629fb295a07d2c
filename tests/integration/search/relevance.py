"""A public corpus with known answers: what AWS writes of its services' operations (botocore's data, Apache-2.0).

Each operation's documentation is a document, without its name; its name, in words, is a query ("Abort Multipart
Upload") whose answer is that document. Names are not written by who wrote the index, and often only partly occur in
the text that they name.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import botocore  # type: ignore[import-untyped]  # it ships no types

from shared.search.analyzer import terms

SERVICES: Final = ("s3", "sqs", "sns", "dynamodb", "lambda", "kms", "iam", "events", "ses", "logs", "cloudformation")
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Paper:
    id: str
    query: str
    text: str


@cache
def papers() -> Sequence[Paper]:
    found = []
    for service in SERVICES:
        for name, operation in sorted(_operations(service).items()):
            text = _TAG.sub(" ", operation.get("documentation", "")).replace(name, " ")
            found.append(Paper(f"{service}-{name}", " ".join(_WORDS.findall(name)), text))
    return [paper for paper in found if len(terms(paper.text)) >= 20]


def _operations(service: str) -> dict[str, Any]:
    newest = max(Path(botocore.__file__).parent.joinpath("data", service).iterdir())
    raw = newest.joinpath("service-2.json.gz").read_bytes()
    operations: dict[str, Any] = json.loads(gzip.decompress(raw))["operations"]
    return operations


class PlainScan:
    """Search without an index: documents with most of the words first, then with most of their occurrences."""

    def __init__(self, of: Sequence[Paper]) -> None:
        self._counts = {paper.id: Counter(terms(paper.text)) for paper in of}

    def ranked(self, query: str, limit: int) -> list[str]:
        words = terms(query)
        scores = {
            name: (sum(word in counts for word in words), sum(counts[word] for word in words))
            for name, counts in self._counts.items()
        }
        best = sorted((name for name in scores if scores[name][0]), key=lambda name: (scores[name], name), reverse=True)
        return best[:limit]


@dataclass(slots=True)
class Quality:
    """Of many queries: how often the answer was among the first ten, and the mean of one over its place."""

    asked: int = 0
    recalled: int = 0
    reciprocal: float = 0.0

    def add(self, ranked: Sequence[str], wanted: str) -> None:
        self.asked += 1
        if wanted in ranked:
            self.recalled += 1
            self.reciprocal += 1 / (ranked.index(wanted) + 1)

    @property
    def recall(self) -> float:
        return self.recalled / self.asked

    @property
    def mrr(self) -> float:
        return self.reciprocal / self.asked

    def __str__(self) -> str:
        return f"recall@10 {self.recall:.3f}, MRR {self.mrr:.3f}"
