"""A delivery that was served in a lesser way says so in its line and in a metric; a breaker's change has its own."""

from shared import degraded
from shared.breakers import Change
from shared.context import JobContext
from tests.integration.handler.door import Door, Say, nothing


async def lesser(_: Say, __: JobContext[None]) -> None:
    degraded.to("redis", "computed again")
    degraded.to("redis", "a lock of this process")


def test_the_line_names_what_was_done_instead_and_the_metric_counts_it(door: Door) -> None:
    door.behave = lesser
    door.deliver(door.accept())
    said = door.said()
    assert said.line["degraded"] == {"redis": ["a lock of this process", "computed again"]}
    (metrics,) = said.metrics
    assert metrics["Degraded"] == [1.0]


def test_the_next_delivery_starts_with_a_clean_slate(door: Door) -> None:
    door.behave = lesser
    door.deliver(door.accept())
    door.said()
    door.behave = nothing
    door.deliver(door.accept())
    assert "degraded" not in door.said().line


def test_a_breaker_that_opens_is_a_line_and_a_metric_and_one_that_closes_a_line(door: Door) -> None:
    async def opening(_: Say, __: JobContext[None]) -> None:
        door.process._tell(Change("resend", opened=True, rest=5.04, openings=2, shared=True))
        door.process._tell(Change("resend", opened=False, shared=True))

    door.behave = opening
    door.deliver(door.accept())
    said = door.said()
    lines = [line for line in said.lines if "breaker" in line]
    assert [line["message"] for line in lines] == ["breaker opened", "breaker closed"]
    assert lines[0]["breaker"] == {"service": "resend", "shared": True, "rest": 5.0, "openings": 2}
    (metric,) = (one for one in said.metrics if "BreakerOpened" in one)
    assert (metric["dependency"], metric["BreakerOpened"]) == ("resend", [1.0])
