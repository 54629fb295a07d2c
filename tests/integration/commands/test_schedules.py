"""`schedules diff` and `apply`, against QStash: what differs is told and mended, and then nothing is left to do."""

from collections.abc import Iterator

import pytest
from qstash import QStash

from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from infra.schedules.account import Account
from tests.integration.commands.typed import Typed
from tests.integration.qstash.destination import Destination
from tests.integration.qstash.server import Server

DECLARED = {
    *("relay_jobs", "sync_search", "sync_search_audit", "check_health", "cleanup_blobs", "cleanup_blobs_bucket"),
}


@pytest.fixture
def account(
    stage: Typed, qstash: Server, destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> Iterator[QStash]:
    """Empty; of a stage whose functions' URLs are known and whose other services, which no schedule needs, are not."""
    for job in ("relay_jobs", "sync_search", "check_health", "cleanup_blobs"):
        monkeypatch.setenv(f"JOB_URL_{job.upper()}", destination.url(f"/{job}"))
    for name in ("UPSTASH_REDIS_REST_URL", "RESEND_API_URL", "STORAGE_ENDPOINT", "AI_URL"):
        monkeypatch.setenv(name, destination.url("/none"))
    client = QStash(DEVELOPMENT_TOKEN, base_url=qstash.url, retry=False)
    yield client
    for schedule in client.schedule.list():
        client.schedule.delete(schedule.schedule_id)
    client.http._client.close()


async def test_what_is_missing_is_made_and_then_there_is_no_difference(stage: Typed, account: QStash) -> None:
    before = await stage("schedules", "diff")
    assert before.exit_code == 3
    assert {line.split()[0] for line in before.stdout.splitlines()[1:]} == DECLARED
    made = await stage("schedules", "apply", "--yes")
    assert (made.exit_code, set(made.stdout.splitlines())) == (0, {f"created {name}" for name in DECLARED})
    after = await stage("schedules", "diff")
    assert (after.exit_code, after.stdout) == (0, "6 schedules, all as declared\n")
    again = await stage("schedules", "apply")  # which asks nobody, because there is nothing to do
    assert (again.exit_code, again.stdout) == (0, "6 schedules, all as declared\n")


async def test_a_change_is_shown_on_both_sides_and_a_paused_one_stays_paused(stage: Typed, account: QStash) -> None:
    await stage("schedules", "apply", "--yes")
    url = account.schedule.get("relay_jobs").destination
    account.schedule.create(destination=url, cron="*/7 * * * *", schedule_id="relay_jobs", retries=3)
    account.schedule.pause("relay_jobs")
    told = await stage("schedules", "diff")
    (line,) = told.stdout.splitlines()[1:]
    assert line.startswith("relay_jobs (paused)  changed  */7 * * * * → */5 * * * *")
    assert "3 → 0" in line
    (change,) = await stage.data("schedules", "diff")
    assert (change["id"], change["kind"], change["parts"]) == ("relay_jobs", "changed", ["cron", "retries"])
    assert (await stage("schedules", "apply", "--yes")).stdout == "updated relay_jobs\n"
    now = account.schedule.get("relay_jobs")
    assert (now.cron, now.retries, now.paused) == ("*/5 * * * *", 0, True)
    assert (await stage("schedules", "diff")).stdout == "6 schedules, all as declared; paused: relay_jobs\n"


async def test_what_is_not_declared_is_listed_and_deleted_when_that_is_agreed_to(
    stage: Typed, account: QStash, destination: Destination
) -> None:
    await stage("schedules", "apply", "--yes")
    account.schedule.create(destination=destination.url("/old"), cron="1 1 1 1 *", schedule_id="old")
    refused = await stage("schedules", "apply")
    assert refused.exit_code == 2
    assert "old" in refused.stderr
    assert "Make 1 change to the schedules of local? There is no terminal to ask at" in refused.stderr
    assert account.schedule.get("old").cron == "1 1 1 1 *"
    assert (await stage("schedules", "apply", "--yes")).stdout == "deleted old\n"
    assert {one.schedule_id for one in account.schedule.list()} == DECLARED


async def test_one_that_somebody_else_has_deleted_meanwhile_is_gone_all_the_same(
    account: QStash, qstash: Server
) -> None:
    async with Account.opened(qstash.url, DEVELOPMENT_TOKEN) as ours:
        await ours.drop("none")
        with pytest.raises(ValueError, match="has an id"):
            await ours.drop("")


async def test_a_url_that_is_not_known_is_one_line(
    stage: Typed, account: QStash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JOB_URL_RELAY_JOBS")
    said = await stage("schedules", "diff")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr.startswith("JOB_URL_RELAY_JOBS is not set (")
    assert said.stderr.count("\n") == 1


async def test_a_token_that_qstash_does_not_take_is_one_line(
    stage: Typed, account: QStash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QSTASH_TOKEN", "wrong")
    said = await stage("schedules", "diff")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr.startswith("qstash: ")
    assert said.stderr.count("\n") == 1


async def test_a_stage_file_that_can_not_be_filled_in_is_one_line(
    stage: Typed, account: QStash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RESEND_API_URL")
    said = await stage("schedules", "diff")
    assert (said.exit_code, said.stdout, said.stderr.count("\n")) == (1, "", 1)
    assert "RESEND_API_URL" in said.stderr
