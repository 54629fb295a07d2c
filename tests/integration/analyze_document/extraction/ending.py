"""How a hostile file ends, which may be the end of nothing else."""

from typing import Final

from shared.documents.content import DOCX, PDF
from tests.integration.analyze_document.extraction.made import pdf, word
from tests.integration.analyze_document.extraction.read import TYPES, Outcome, Reading

WORDS: Final = "The next file."
NEXT: Final = dict.fromkeys(TYPES, WORDS.encode()) | {PDF: pdf(WORDS), DOCX: word(WORDS)}


def ending(read: Reading, body: bytes, kind: str, *, most: int = 2_000_000) -> Outcome:
    """What came of it. The next file is read as if nothing had been, or the test fails here."""
    outcome = read(body, kind, most=most)
    assert read(NEXT[kind], kind).text == WORDS
    return outcome
