"""Words are found in whatever script they are written, and however it is encoded."""

from typing import Final, Literal
from unicodedata import normalize

import pytest

from tests.integration.search.engines.library import Library, entry

FORMS: Final[tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...]] = ("NFC", "NFD", "NFKC", "NFKD")
SHELF = (
    entry("ja", title="水車小屋の話", text="川のそばに水車小屋がある。", language="ja"),
    entry("zh", title="水磨坊", text="河边有一座水磨坊。", language="zh"),
    entry("ko", title="물레방아 이야기", text="강가에 물레방아가 있다.", language="ko"),
    entry("th", title="โรงสีน้ำเก่า", text="โรงสีน้ำอยู่ริมแม่น้ำ", language="th"),
    entry("ar", title="الكِتَابُ القَدِيمُ", text="قرأت كتابًا عن الطاحونة المائية", language="ar"),
    entry("he", title="טַחֲנַת קֶמַח", text="הטחנה ליד הנהר", language="he"),
    entry("ru", title="Водяная мельница", text="Мельницы стояли над рекой. Ещё.", language="ru"),
    entry("el", title="παλιός μύλος", text="Δίπλα στο ποτάμι", language="el"),
    entry("fr", title="Le café du moulin", text="Un œuvre naïve à Orléans", language="fr"),
    entry("tr", title="İstanbul'da değirmen", text="gürültülü", language="tr"),
)


@pytest.fixture
async def shelf(library: Library) -> Library:
    await library.hold(*SHELF)
    return library


async def test_scripts_without_spaces_are_found_by_any_part_of_a_run(shelf: Library) -> None:
    await shelf.agrees(
        {
            "水車小屋": {"ja"},
            "水車": {"ja"},
            "小屋": {"ja"},
            "車小": {"ja"},
            "水": {"ja", "zh"},
            "屋": {"ja"},
            "車屋": set(),
            "小屋水車": set(),
            "水磨": {"zh"},
            "title:そばに": set(),
            "text:そばに": {"ja"},
            "물레": {"ko"},
            "방아": {"ko"},
            "방아가": {"ko"},
            "โรงสี": {"th"},
            "น้ำ": {"th"},
            "แม่น้ำ": {"th"},
            '"水車小屋" 話': {"ja"},
            "水 -水磨坊": {"ja"},
        }
    )


async def test_arabic_and_hebrew_are_found_with_and_without_their_vowel_marks(shelf: Library) -> None:
    await shelf.agrees(
        {
            "الكتاب": {"ar"},
            "الكِتَابُ": {"ar"},
            "القديم": {"ar"},
            '"الكتاب القديم"': {"ar"},
            "الكت*": {"ar"},
            "טחנת": {"he"},
            "טַחֲנַת": {"he"},
            "קמח": {"he"},
            '"טחנת קמח"': {"he"},
            "הטח*": {"he"},
        }
    )


async def test_letters_are_found_without_their_marks_and_in_either_case(shelf: Library) -> None:
    await shelf.agrees(
        {
            "МЕЛЬНИЦА": {"ru"},
            "мельниц*": {"ru"},
            "еще": {"ru"},
            "ΜΥΛΟΣ": {"el"},
            "μυλος": {"el"},
            "παλιος": {"el"},
            "CAFE": {"fr"},
            "café": {"fr"},
            "orleans": {"fr"},
            "istanbul": {"tr"},
        }
    )


async def test_it_does_not_matter_how_a_letter_is_encoded(shelf: Library) -> None:
    """Apple's file names come decomposed."""
    words = {"café": "fr", "물레방아": "ko", "παλιός": "el", "Ещё": "ru", "そばに": "ja", "İstanbul": "tr"}
    encoded = {form: [normalize(form, word) for word in words] for form in FORMS}
    await shelf.hold(*(entry(form, owner="eve", name=" ".join(encoded[form])) for form in FORMS))
    for form in FORMS:
        for said, (word, expected) in zip(encoded[form], words.items(), strict=True):
            assert await shelf.ids(said) == {expected}, (word, form)
            assert await shelf.ids(said, owner="eve") == set(FORMS), (word, form)
