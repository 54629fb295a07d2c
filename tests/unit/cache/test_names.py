"""What things are called in Redis."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from shared.cache.names import Names

NAMES = Names("profiles", "s")


@given(st.text(), st.lists(st.text(), max_size=4))
def test_nothing_of_a_key_or_a_tag_is_in_a_name(key: str, tags: list[str]) -> None:
    slot = NAMES.slot(key, tags)
    for name in slot.keys:
        kind, digest = name.removeprefix("cache:profiles:").rsplit(":", 1)
        assert kind in {"entry:s", "lease:s", "key", "tag"}
        assert len(digest) == 32
        assert set(digest) <= set("0123456789abcdef")


@given(st.text(), st.lists(st.text(), max_size=4))
def test_the_order_and_the_number_of_times_that_a_tag_is_named_mean_nothing(key: str, tags: list[str]) -> None:
    assert NAMES.slot(key, tags) == NAMES.slot(key, [*reversed(tags), *tags])


def test_different_keys_tags_and_caches_have_different_names() -> None:
    slots = [NAMES.slot("a", ()), NAMES.slot("b", ()), Names("lists", "s").slot("a", ())]
    assert all(set(one.keys).isdisjoint(two.keys) for one, two in combinations(slots, 2))
    tagged = [NAMES.slot("a", tags).tagged for tags in ((), ("t",), ("u",), ("t", "u"), ("tu",), ("t\nu",))]
    assert len(set(tagged)) == len(tagged)


def test_an_invalidation_names_what_a_lookup_names() -> None:
    slot = NAMES.slot("a", ("t",))
    assert slot.versions == (NAMES.of_key("a"), NAMES.of_tag("t"))
    assert slot.entry == NAMES.entry("a")


def test_another_shape_has_entries_of_its_own_under_the_same_versions() -> None:
    other = Names("profiles", "t").slot("a", ("t",))
    slot = NAMES.slot("a", ("t",))
    assert {slot.entry, slot.lease}.isdisjoint({other.entry, other.lease})
    assert slot.versions == other.versions
