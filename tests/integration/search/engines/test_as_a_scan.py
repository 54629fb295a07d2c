"""Whatever is held and whatever is asked, an engine finds what a scan of all documents finds."""

from dataclasses import replace
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.search.model import Entry, Match
from shared.search.query import parse
from tests.integration.search.engines.library import Library, entry
from tests.integration.search.engines.scan import scan

LATIN = ("mill", "mills", "milling", "miller", "Mühle", "Mühlen", "wheel", "Wheels", "whele", "running", "run")
MIXED = ("wi-fi", "wifi", "3.14", "2024", "a", "naïve", "naive")
DENSE = ("水車小屋", "水車", "水", "小屋", "물레방아", "방아", "โรงสีน้ำ", "น้ำ")
OTHERS = ("الكِتَابُ", "كتاب", "طواحين", "טַחֲנָה", "טחנה", "мельница", "мельницы", "μύλος")
WORD = st.sampled_from(LATIN + MIXED + DENSE + OTHERS)
PROSE = st.lists(WORD, max_size=6).map(" ".join) | st.lists(WORD, max_size=4).map("".join)
LANGUAGES = st.sampled_from(["en", "de", "ru", "ar", "nb", "ja", "und"])
FIELD = st.sampled_from(["", "", "title:", "tag:", "name:", "about:", "text:"])
ASKED = st.builds(
    lambda sign, field, said: f"{sign}{field}{said}",
    st.sampled_from(["", "", "", "-"]),
    FIELD,
    WORD
    | st.lists(WORD, min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"')
    | st.builds(lambda word, end: f"{word[:end]}*", WORD, st.integers(1, 5))
    | st.builds(lambda word, other: f"{word}-{other[:1]}*", WORD, WORD),
)
ENTRIES = st.lists(
    st.builds(
        lambda title, tags, name, about, text, language: entry(
            "", title=title, tags=tuple(tags), name=name, about=about, text=text, language=language
        ),
        PROSE,
        st.lists(PROSE, max_size=3),
        PROSE,
        PROSE,
        PROSE,
        LANGUAGES,
    ),
    min_size=1,
    max_size=6,
)
NUMBERS = count()


@given(ENTRIES, st.lists(st.lists(ASKED, max_size=3).map(" ".join), min_size=4, max_size=8))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_an_engine_finds_what_a_scan_finds(library: Library, made: list[Entry], queries: list[str]) -> None:
    """Each example is another owner's, so that none sees what the ones before have left."""
    owner = f"owner {next(NUMBERS)}"
    held = [replace(one, id=f"{owner} {place}", owner=owner) for place, one in enumerate(made)]
    await library.hold(*held)
    for how in Match:
        for words in queries:
            expected = scan(held, parse(words), how)
            assert await library.ids(words, owner=owner, how=how) == expected, (words, how)
