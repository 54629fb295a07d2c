"""Which steps an enumeration takes."""

from tests.support.crash.crossings import MODES, Crossing, Mode, Step, steps

QUESTION = Crossing("mongodb", "find runs", 1)
CHANGES = [Crossing("mongodb", "update runs", nth) for nth in range(1, 6)]
CROSSINGS = [*CHANGES, QUESTION, Crossing("storage", "GET /bucket/{id}", 1)]


def test_all_modes_are_taken_at_every_crossing() -> None:
    assert len(set(steps(CROSSINGS, at_most=21))) == 21
    assert steps(CROSSINGS, at_most=None) == steps(CROSSINGS, at_most=21)


def test_where_they_are_too_many_no_crash_is_at_a_question() -> None:
    assert steps(CROSSINGS, at_most=20) == [Step(crossing, mode) for crossing in CHANGES for mode in MODES]


def test_where_they_are_too_many_still_every_change_has_one_mode_by_turns() -> None:
    taken = steps(CROSSINGS, at_most=14)

    assert [step.crossing for step in taken] == CHANGES
    assert {step.mode for step in taken} == set(Mode)
    assert taken[3] == Step(CHANGES[3], Mode.BEFORE)


def test_of_more_changes_than_may_be_the_first_and_the_last_are_taken_and_some_between() -> None:
    taken = steps(CROSSINGS, at_most=3)

    assert taken == [Step(CHANGES[2 * nth], mode) for nth, mode in enumerate(Mode)]
