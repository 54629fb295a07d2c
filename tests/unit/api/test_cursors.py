"""Cursors: they come back as they were given out, and nothing else is one."""

from hypothesis import given
from hypothesis import strategies as st

from functions.api.cursors import decode, encode
from shared.paging import Place

places = st.builds(Place, at=st.integers(0, 2**53 - 1), id=st.text(st.characters(codec="ascii"), max_size=60))
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(places, st.text(max_size=20))
def test_a_cursor_comes_back_as_its_place(place: Place, of: str) -> None:
    cursor = encode(place, of=of)
    assert decode(cursor, of=of) in {place, None if len(cursor) > 500 else place}


@given(places, st.data())
def test_any_one_changed_letter_makes_it_no_cursor(place: Place, data: st.DataObject) -> None:
    cursor = encode(place, of="ada")
    at = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.sampled_from(ALPHABET).filter(lambda letter: letter != cursor[at]))
    assert decode(cursor[:at] + other + cursor[at + 1 :], of="ada") is None


@given(places)
def test_it_is_of_one_list_alone(place: Place) -> None:
    assert decode(encode(place, of="ada"), of="eve") is None


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert decode(text, of="ada") is None
