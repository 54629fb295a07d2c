"""The example of docs/adding-a-job.md, word for word: one folder, one entry, and the job runs."""

import time
from typing import Any

import pytest

from tests.integration.example.conftest import Copy
from tests.integration.example.page import files, long_work

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(180)]

JOB = "report_usage"
MAILED = "Your jobs of the last 7 days"


@pytest.fixture(scope="module")
def first(copy: Copy) -> dict[str, Any]:
    """A report that somebody asked for who had signed in once and done nothing else."""
    assert copy.visitor.sign_in()["state"] == "succeeded"
    answer = copy.visitor.start(JOB, {"days": 7})
    assert answer.status_code == 202, answer.text
    return copy.visitor.succeeded(answer.json()["job"])


def test_the_page_is_one_folder_of_three_modules(copy: Copy) -> None:
    assert sorted(files()) == [f"functions/{JOB}/{name}.py" for name in ("__init__", "contract", "handler")]


def test_nothing_is_missing_when_the_page_has_been_followed(copy: Copy) -> None:
    assert copy.missing == []


def test_the_api_accepts_the_job_and_qstash_delivers_it(copy: Copy, first: dict[str, Any]) -> None:
    assert first["result"] == {"succeeded": 1}
    assert [attempt["outcome"] for attempt in first["attempts"]] == ["succeeded"]


def test_its_effect_and_its_follow_up_happen_once_though_it_is_delivered_twice(
    copy: Copy, first: dict[str, Any]
) -> None:
    visitor = copy.visitor
    assert visitor.redeliver(visitor.message_of(first)) == 200
    visitor.all_quiet()
    [report] = copy.database.usage_reports.find({"owner": first["payload"]["owner"], "days": 7})
    assert (report["_id"], report["counts"]) == (first["id"], {"succeeded": 1})
    [mail] = visitor.mails(MAILED)
    assert "succeeded: 1" in mail["text"]
    assert len(visitor.run(first["id"])["attempts"]) == 1


def test_a_delivery_that_died_after_its_effect_is_repeated_and_changes_nothing(
    copy: Copy, first: dict[str, Any]
) -> None:
    """The record is set back to what a crash between the report and the settling leaves behind."""
    visitor, runs = copy.visitor, copy.database.runs
    run_id = visitor.start(JOB, {"days": 3}).json()["job"]
    message_id = visitor.message_of(visitor.succeeded(run_id))
    crashed = {"state": "running", "holder": "a Lambda that is no more", "lease": 0}
    gone = {"result": "", "finished": "", "expires_at": "", "attempts.0.ended": "", "attempts.0.outcome": ""}
    runs.update_one({"_id": run_id}, {"$set": crashed, "$unset": gone})
    copy.database.usage_reports.update_one({"_id": run_id}, {"$set": {"counts": {"kept": 1}}})
    assert visitor.redeliver(message_id) == 200
    run = visitor.run(run_id)
    assert [attempt["outcome"] for attempt in run["attempts"]] == [None, "succeeded"]
    assert run["result"] == {"kept": 1}
    assert copy.database.usage_reports.count_documents({"days": 3}) == 1


def test_a_caller_can_choose_nothing_but_what_the_page_lets_them(copy: Copy, first: dict[str, Any]) -> None:
    assert copy.visitor.start(JOB, {"days": 7, "owner": "somebody else"}).status_code == 422
    assert copy.visitor.start(JOB, {"days": 91}).status_code == 422
    assert copy.visitor.start(JOB, {"days": 7}, Authorization="Bearer nobody").status_code == 401


def test_work_that_outlasts_one_delivery_goes_on_in_another_leg(copy: Copy, first: dict[str, Any]) -> None:
    """The second part of the page: a thousand runs are a leg, and there are a few more."""
    handler = copy.root / "functions" / JOB / "handler.py"
    handler.write_text(handler.read_text("utf-8") + "\n\n" + long_work(), "utf-8")
    copy.reload()
    record = copy.database.runs.find_one({"_id": first["id"]})
    assert record is not None
    failed = {**record, "owner": first["payload"]["owner"], "state": "failed", "created": int(time.time() * 1000) - 1}
    copy.database.runs.insert_many([{**failed, "_id": f"old-{number:04}"} for number in range(1003)])
    answer = copy.visitor.start(JOB, {"days": 1})
    run = copy.visitor.succeeded(answer.json()["job"])
    assert run["result"]["failed"] == 1003
    assert [attempt["outcome"] for attempt in run["attempts"]] == ["continued", "succeeded"]
    assert copy.database.usage_reports.count_documents({"days": 1}) == 1
