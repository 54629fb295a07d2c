"""How parts that fail keep the others from nothing."""

from infra.bootstrap.apply import Done, apply
from infra.bootstrap.look import look
from infra.bootstrap.model import Change, Kind, NotDone
from shared.errors import DependencyDown
from tests.unit.bootstrap.fake_part import FakePart


def added(*names: str) -> list[Change]:
    return [Change(Kind.ADDED, name, plan=name) for name in names]


async def test_a_change_that_is_refused_leaves_the_others_to_be_done() -> None:
    part = FakePart("one", added("a", "b", "c"), {"b": NotDone("no")})
    done: list[Done] = []
    await apply([part], await look([part]), told=done.append)
    assert part.made == ["a", "c"]
    assert [str(one.failure) for one in done if one.failure] == ["no"]


async def test_a_service_that_goes_away_is_not_asked_for_the_rest_and_the_next_one_is() -> None:
    gone, other = FakePart("one", added("a", "b"), {"a": DependencyDown("one", "away")}), FakePart("two", added("c"))
    done: list[Done] = []
    await apply([gone, other], await look([gone, other]), told=done.append)
    assert (gone.made, other.made) == ([], ["c"])
    assert [one.change.what for one in done] == ["a", "c"]


async def test_a_part_that_can_not_be_looked_at_is_not_touched() -> None:
    part = FakePart("one", added("a"), {"look": DependencyDown("one", "away")})
    (looked,) = await look([part])
    await apply([part], [looked], told=lambda _: None)
    assert (looked.to_do, part.made) == ([], [])
    assert str(looked.failure) == "one: away"


async def test_what_nobody_declared_goes_only_when_it_is_asked_to_and_can() -> None:
    extra = [Change(Kind.EXTRA, "index", plan="drop it"), Change(Kind.EXTRA, "queue")]
    part = FakePart("one", extra)
    (left,), (pruned,) = await look([part]), await look([part], prune=True)
    assert left.to_do == []
    assert [one.what for one in pruned.to_do] == ["index"]
