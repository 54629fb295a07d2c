"""Which steps an enumeration takes."""

from tests.support.crash.crossings import Crossing, Mode, Step, steps

CROSSINGS = [Crossing("mongodb", "find runs", nth) for nth in range(1, 6)]


def test_all_modes_are_taken_at_every_crossing() -> None:
    assert len(set(steps(CROSSINGS, at_most=15))) == 15
    assert steps(CROSSINGS, at_most=None) == steps(CROSSINGS, at_most=15)


def test_the_short_form_still_comes_to_every_crossing_and_to_every_mode() -> None:
    taken = steps(CROSSINGS, at_most=14)

    assert [step.crossing for step in taken] == CROSSINGS
    assert {step.mode for step in taken} == set(Mode)
    assert taken[3] == Step(CROSSINGS[3], Mode.BEFORE)
