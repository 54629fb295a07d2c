"""The memory that stands in for Redis."""

from shared.cache.memo import Memo
from shared.cache.names import Names, Slot

NAMES = Names("tests", "s")


def slot(key: str, *tags: str) -> Slot:
    return NAMES.slot(key, tags)


def test_a_text_is_there_for_its_time() -> None:
    now = [0.0]
    memo = Memo(lambda: now[0])
    memo.put(slot("a"), "text", seconds=5, era=0)
    now[0] = 4.9
    assert memo.get(slot("a")) == "text"
    now[0] = 5.0
    assert memo.get(slot("a")) is None


def test_the_least_recently_used_makes_room() -> None:
    memo = Memo(lambda: 0.0, room=2)
    memo.put(slot("a"), "a", seconds=5, era=0)
    memo.put(slot("b"), "b", seconds=5, era=0)
    memo.get(slot("a"))
    memo.put(slot("c"), "c", seconds=5, era=0)
    assert [memo.get(slot(key)) for key in "abc"] == ["a", None, "c"]


def test_an_invalidation_forgets_a_key_or_all_of_a_tag_and_nothing_else() -> None:
    memo = Memo(lambda: 0.0)
    for each in (slot("a", "t"), slot("b", "t"), slot("c")):
        memo.put(each, "text", seconds=5, era=0)
    memo.forget(NAMES.of_tag("t"))
    assert [memo.get(each) for each in (slot("a", "t"), slot("b", "t"), slot("c"))] == [None, None, "text"]
    memo.forget(NAMES.of_key("c"))
    assert memo.get(slot("c")) is None


def test_what_was_begun_before_an_invalidation_is_not_kept() -> None:
    memo = Memo(lambda: 0.0)
    era = memo.era
    memo.forget(NAMES.of_key("a"))
    memo.put(slot("a"), "text", seconds=5, era=era)
    assert memo.get(slot("a")) is None
