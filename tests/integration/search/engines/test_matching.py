"""Which documents a query finds: words, stems, phrases, fields, beginnings, typos, exclusion."""

import pytest

from shared.search.model import Entry, Match
from tests.integration.search.engines.library import Library, entry

MILL = entry(
    "mill",
    title="The water mill",
    tags=("energy", "old wheels"),
    name="mill-2024.pdf",
    about="How a river turns a wheel.",
    text="The miller was running the mill race beside the river. Wi-Fi was not there, said Zoë.",
    language="en",
)
RACE = entry(
    "race", title="A race", tags=("old", "wheels turn"), text="They ran and ran. Mill after mill.", language="en"
)
MUEHLE = entry("mühle", title="Die Mühle am Bach", text="Alte Häuser. The runs.", language="de")
BOAT = entry("båt", title="Båtene", language="nb")
PLAIN = entry("plain", text="running houses", language="und")
SHELF = (MILL, RACE, MUEHLE, BOAT, PLAIN)


@pytest.fixture
async def shelf(library: Library) -> Library:
    await library.hold(*SHELF)
    return library


async def test_words_must_all_match_wherever_each_stands(shelf: Library) -> None:
    await shelf.agrees(
        {
            "river": {"mill"},
            "MILL": {"mill", "race"},
            "mill race": {"mill", "race"},
            "mill they": {"race"},
            "energy 2024": {"mill"},
            "mill nothing": set(),
            "mill mill": {"mill", "race"},
            "zoe": {"mill"},
            "ZOË": {"mill"},
        }
    )


async def test_a_word_matches_as_its_documents_language_bends_it(shelf: Library) -> None:
    """`plain` is of no known language, and an English stem finds no German word."""
    await shelf.agrees(
        {
            "run": {"mill", "mühle"},
            "running": {"mill", "plain"},
            "mills": {"mill", "race"},
            "haus": {"mühle"},
            "house": set(),
            "båten": {"båt"},
            "title:races": {"race"},
            "text:races": {"mill"},
            "tag:wheel": {"mill", "race"},
        }
    )


async def test_a_phrase_is_words_beside_each_other_in_one_value_of_one_field(shelf: Library) -> None:
    await shelf.agrees(
        {
            '"mill race"': {"mill"},
            '"race mill"': set(),
            '"water mill"': {"mill"},
            '"mill mill"': set(),
            '"old wheels"': {"mill"},
            '"energy old"': set(),
            '"wheels turn" "a race"': {"race"},
            '"river wi fi"': {"mill"},
            "wi-fi": {"mill"},
            "fi-wi": set(),
            '"mills race"': set(),
        }
    )


async def test_a_field_narrows_a_clause_and_nothing_else(shelf: Library) -> None:
    await shelf.agrees(
        {
            "title:mill": {"mill"},
            "text:mill": {"mill", "race"},
            "tag:mill": set(),
            'tag:"old wheels"': {"mill"},
            "name:2024": {"mill"},
            "about:river": {"mill"},
            "title:race they": {"race"},
            "title:wat*": {"mill"},
            'title:"mill race"': set(),
            "colour:mill": set(),
            "TITLE:mill": {"mill"},
        }
    )


async def test_a_beginning_finds_what_goes_on_from_it(shelf: Library) -> None:
    await shelf.agrees(
        {
            "mil*": {"mill", "race"},
            "mill*": {"mill", "race"},
            "miller*": {"mill"},
            "m*": {"mill", "race", "mühle"},
            "z*": {"mill"},
            "wi-f*": {"mill"},
            "wi-x*": set(),
            "hous*": {"plain"},
        }
    )


async def test_a_mistyped_word_is_found_by_those_who_ask_for_it(shelf: Library) -> None:
    """No letter of a short word or a number may be wrong; one of a word of four, two of one of eight."""
    mistyped = {
        "rivre": {"mill"},
        "rivxx": set(),
        "enrgy mill": {"mill"},
        "hoses": {"plain"},
        "rcae": {"mill", "race"},
        "ran": {"race"},
        "rxn": set(),
        "2025": set(),
        '"mill rcae"': set(),
    }
    await shelf.agrees({word: set[str]() for word in mistyped} | {"ran": {"race"}})
    await shelf.agrees(mistyped, how=Match.CORRECTED)


async def test_any_word_is_enough_for_those_who_ask_for_it(shelf: Library) -> None:
    await shelf.agrees(
        {
            "river after": {"mill", "race"},
            "nothing river": {"mill"},
            "nothing rivre": {"mill"},
            "nothing nowhere": set(),
            "after wi-fi -race": set(),
            'nothing "a race"': {"race"},
        },
        how=Match.ANY,
    )


async def test_what_is_excluded_is_not_found_and_is_never_taken_for_a_mistyped_word(shelf: Library) -> None:
    everything = {one.id for one in SHELF}
    expected: dict[str, set[str]] = {
        "mill -river": {"race"},
        "-mill": {"mühle", "båt", "plain"},
        "-run": {"race", "båt", "plain"},
        "-title:mill": everything - {"mill"},
        '-"mill race"': everything - {"mill"},
        "-mil*": {"mühle", "båt", "plain"},
        "-wi-fi": everything - {"mill"},
        "-rivre": everything,
        "mill -mill": set(),
        "": everything,
    }
    for how in Match:
        await shelf.agrees(expected, how=how)


async def test_the_better_field_and_the_exact_word_come_first(library: Library) -> None:
    """The engines' scores differ; in these orders they agree."""
    held: list[Entry] = [
        entry("text", text="About a mill and other things."),
        entry("title", title="About a mill and other things."),
        entry("stem", title="About all mills and other things.", language="en"),
        entry("other", text="nothing"),
    ]
    await library.hold(*held)
    assert await library.order("title:mill") == ["title", "stem"]
    order = await library.order("mill")
    assert order.index("title") < order.index("text")
    assert (await library.order("mill wheel", how=Match.ANY))[0] == "title"
