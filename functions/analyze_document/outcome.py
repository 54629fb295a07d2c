"""What came of asking: an analysis, and how it was made."""

from dataclasses import dataclass

from functions.analyze_document.analysis import Analysis


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    analysis: Analysis
    model: str
    """Its id; `extractive` where there was none."""
    parts: int
    """In how many the model was given the text; 0 without a model."""
    whole: bool
    """Whether all of the file's text was looked at."""
    degraded: bool = False
