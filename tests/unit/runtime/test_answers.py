"""What a job endpoint answers, as QStash reads it."""

import json

import pytest

from shared import answers
from shared.answers import Answer


@pytest.mark.parametrize(
    ("seconds", "header"),
    [(0, "1"), (-5, "1"), (0.2, "1"), (1, "1"), (1.01, "2"), (59.5, "60"), (3600, "3600")],
)
def test_a_wait_is_whole_seconds_never_shorter_than_asked_and_never_none(seconds: float, header: str) -> None:
    """QStash takes no fraction; coming a moment too early would cost a delivery."""
    assert answers.later("retrying", seconds).headers == {"Retry-After": header}


@pytest.mark.parametrize(("seconds", "header"), [(0, "2"), (0.5, "3"), (28, "30")])
def test_a_busy_run_is_asked_for_again_two_seconds_after_its_lease(seconds: float, header: str) -> None:
    assert answers.busy(seconds) == Answer(409, "busy", {"Retry-After": header})


@pytest.mark.parametrize(
    ("answer", "status", "headers"),
    [
        (answers.done("succeeded"), 200, set()),
        (answers.never("failed"), 489, {"Upstash-NonRetryable-Error"}),
        (answers.unproven(), 401, set()),
        (answers.crashed(), 500, set()),
        (answers.later("early", 3), 503, {"Retry-After"}),
    ],
)
def test_an_answer_is_its_status_one_word_and_the_headers_that_qstash_acts_on(
    answer: Answer, status: int, headers: set[str]
) -> None:
    made = answer.for_lambda()

    assert made["statusCode"] == status
    assert json.loads(made["body"]) == {"outcome": answer.outcome}
    assert made["headers"].keys() == {"content-type"} | headers
    assert all(isinstance(value, str) for value in made["headers"].values())


def test_only_what_must_never_come_again_says_so() -> None:
    assert answers.never("failed").headers["Upstash-NonRetryable-Error"] == "true"
