"""What PostgreSQL has no room for is not found; it never fails."""

from shared.search.model import SHOWN, Match
from shared.search.postgres.lexemes import LAST_PLACE, PLACES
from tests.integration.search.engines.library import Library, entry


async def test_words_behind_the_last_place_are_found_but_in_no_phrase(library: Library) -> None:
    filling = " ".join(f"w{number % 5000}" for number in range(LAST_PLACE - 2))
    await library.hold(entry("long", text=f"{filling} before it behind it far away"))
    assert await library.ids("far away begin* -nothing") == set()
    for words in ("far", "awa*", "text:away", '"before it"', "w4999 far"):
        assert await library.ids(words) == {"long"}, words
    for words in ('"far away"', '"behind far"'):
        assert await library.ids(words) == set(), words


async def test_a_phrase_is_not_found_behind_the_last_place_of_a_frequent_word(library: Library) -> None:
    await library.hold(entry("often", text="mill " * PLACES + "mill race"))
    assert await library.ids("race") == {"often"}
    assert await library.ids('"mill race"') == set()
    assert await library.ids('"mill mill"') == {"often"}


async def test_a_text_with_more_different_words_than_there_is_room_for_is_held(library: Library) -> None:
    """As far as there is room, and its title whatever its text is."""
    words = " ".join(f"水{number:x}word" for number in range(90_000))
    await library.hold(entry("huge", title="The title", text=words, language="en"))
    assert await library.ids("title") == {"huge"}
    assert await library.ids("1word") == {"huge"}
    assert await library.ids(f"{89_999:x}word") == set()
    assert len((await library.index.texts(["huge"], owner="ada"))["huge"].text) == SHOWN


async def test_long_words_and_many_clauses_are_no_matter(library: Library) -> None:
    word = "\U00020000" * 64
    await library.hold(entry("long", title="m" * 300, text=word))
    assert await library.ids("m" * 300) == {"long"}
    assert await library.ids("\U00020000") == {"long"}
    many = " ".join(f"abcdefgh{chr(97 + number)}" for number in range(26))
    for how in Match:
        assert await library.ids(many, how=how) == set()
