"""A probe that is paid for: rarely while all is well, at each turn while it is not."""

from functions.check_health.resting import RESTS, due
from shared.health.model import Health, Part, Status

HOUR = round(RESTS.total_seconds() * 1000)


async def nothing() -> None:
    """A probe."""


PROBES = {"ai": nothing, "redis": nothing}


def probed(part: Part | None, at: int, *, costly: str = "ai", time_scale: float = 1) -> set[str]:
    before = Health(Status.HEALTHY, 0, (), {"ai": part} if part else {}, {}, 0)
    return set(due(PROBES, {costly}, before, at=at, time_scale=time_scale))


def test_it_rests_for_an_hour_after_a_good_call() -> None:
    good = Part(Status.HEALTHY, 0, found=Status.HEALTHY, found_at=0)
    assert probed(good, HOUR - 1) == {"redis"}
    assert probed(good, HOUR) == {"ai", "redis"}
    assert probed(good, HOUR // 60, time_scale=60) == {"ai", "redis"}


def test_it_does_not_rest_while_something_is_wrong_or_was_at_the_last_call() -> None:
    assert probed(Part(Status.HEALTHY, 0, found=Status.DOWN), 1) == {"ai", "redis"}
    assert probed(Part(Status.DOWN, 0, found=Status.HEALTHY), 1) == {"ai", "redis"}


def test_what_was_never_probed_is_and_so_is_whatever_is_free() -> None:
    assert probed(None, 1) == {"ai", "redis"}
    assert set(due(PROBES, {"ai"}, None, at=1, time_scale=1)) == {"ai", "redis"}
    assert probed(Part(Status.HEALTHY, 0), 1, costly="none") == {"ai", "redis"}
