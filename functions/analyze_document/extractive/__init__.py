"""An analysis without a model: the words and sentences of the document itself, chosen by how often its words come.

It stands in where the model is away for longer than the job is patient, so it needs nothing but Python, is as good the
second time as the first (equal text, equal analysis), and takes linear time over a bounded part of the text.

    sample ──▶ language ──▶ sentences ──▶ words of each ──▶ weights ──┬─▶ keywords
                                                                      └─▶ sentences of weight ──▶ summary, key points
"""

from functions.analyze_document.analysis import Analysis, Keyword
from functions.analyze_document.extractive.category import category
from functions.analyze_document.extractive.language import language_of
from functions.analyze_document.extractive.sample import sample
from functions.analyze_document.extractive.scoring import keywords, weights
from functions.analyze_document.extractive.scripts import is_dense
from functions.analyze_document.extractive.sentences import sentences
from functions.analyze_document.extractive.summary import Choice, chosen
from functions.analyze_document.extractive.words import content_words
from shared.text import ELLIPSIS, one_line

__all__ = ["analyse"]


def analyse(text: str) -> Analysis:
    """Of any text, an empty one included: then it says nothing."""
    looked_at = sample(text)
    language = language_of(looked_at)
    split = sentences(looked_at, language)
    words = [content_words(sentence, language) for sentence in split]
    weight = weights(words, language)
    choice: Choice = chosen(split, words, weight)
    joint = "" if is_dense(language) else " "
    return Analysis(
        summary=one_line(joint.join(choice.summary)) or ELLIPSIS,
        key_points=choice.key_points,
        keywords=tuple(Keyword(word=word, weight=share) for word, share in keywords(words, weight, language)),
        language=language,
        category=category(looked_at),
    )
