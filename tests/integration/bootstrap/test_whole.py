"""The whole of a stage: shown, asked for, made, and left alone from then on."""

import asyncio
import json
from secrets import token_hex

import pytest

from infra.bootstrap.apply import Done, apply
from infra.bootstrap.look import look
from infra.bootstrap.parts import parts
from infra.commands.running import CommandProcess
from shared import validators
from shared.collections import INDEXES
from tests.integration.bootstrap.ground import Ground

CRONS = {
    *("relay_jobs", "sync_search", "sync_search_audit", "check_health", "cleanup_blobs", "cleanup_blobs_bucket"),
}


@pytest.fixture
async def empty(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """Without any collection as well."""
    await ground.database.client.drop_database(ground.database.name)
    return ground


async def test_a_new_stage_is_made_whole_and_then_nothing_is_left_to_do(empty: Ground) -> None:
    shown = await empty("--check")
    assert shown.exit_code == 3
    assert f"bucket {empty.bucket}" in shown.stdout
    assert (await empty.webhooks(), await empty.database.list_collection_names()) == ([], [])
    made = await empty("--yes")
    assert made.exit_code == 0, made.output
    assert set(await empty.database.list_collection_names()) == set(INDEXES)
    assert {index["name"] async for index in empty.database.runs.list_indexes()} == {
        "_id_",
        *(model.document["name"] for model in INDEXES["runs"]),
    }
    assert (await empty.database.runs.options())["validator"] == validators.options("runs")["validator"]
    assert {one.schedule_id for one in empty.qstash.schedule.list()} == CRONS
    assert [hook.status for hook in await empty.webhooks()] == ["enabled"]
    (rule,) = empty.s3.get_bucket_cors(Bucket=empty.bucket)["CORSRules"]
    assert rule["AllowedOrigins"] == ["https://a.example", "https://b.example"]
    assert not empty.anybody_lists()
    again = await empty()  # which asks nobody, because there is nothing to do
    alike = "bucket, mongodb, flow control, schedules, webhook: all as declared\n"
    assert (again.exit_code, again.stdout) == (0, alike)


async def test_nothing_is_changed_where_nobody_agrees(ground: Ground) -> None:
    asked = await ground()
    assert asked.exit_code == 2
    assert "to what local stands on? There is no terminal to ask at: add --yes." in asked.stderr
    assert (await ground.webhooks(), ground.qstash.schedule.list()) == ([], [])


async def test_a_webhooks_secret_is_named_and_goes_into_no_pipe(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor into the log of a machine that is told to use colours."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    made = await ground("--yes")
    assert "RESEND_WEBHOOK_SECRET in the stage's secret millrace/local" in made.stderr.replace("\n", " ")
    assert "whsec_" not in made.output


async def test_two_people_at_once_make_one_stage(empty: Ground) -> None:
    process, done = CommandProcess("local"), list[Done]()
    both = parts(process)
    try:
        found = await look(both)
        await asyncio.gather(*(apply(both, found, told=done.append) for _ in range(2)))
        assert [one.failure for one in done if one.failure] == []
        assert [one.changes for one in await look(both) if one.changes] == []
    finally:
        await process.close()
    assert len(await empty.webhooks()) == 1


@pytest.mark.parametrize(
    ("setting", "part", "said"),
    [
        (("QSTASH_URL", "http://127.0.0.1:1"), "schedules", "qstash: ConnectError"),
        (("STORAGE_SECRET_ACCESS_KEY", "wrong"), "bucket", "storage: the key may not do HeadBucket"),
        (("RESEND_API_KEY", None), "webhook", "RESEND_API_KEY: Field required (no `make dev` is running here"),
    ],
)
async def test_a_part_that_can_not_be_asked_is_named_and_the_others_are_done(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, setting: tuple[str, str | None], part: str, said: str
) -> None:
    variable, value = setting
    monkeypatch.setenv(variable, value) if value else monkeypatch.delenv(variable)
    made = await ground("--yes")
    assert made.exit_code == 1
    assert f"{part} could not be looked at: {said}" in made.stderr.replace("configuration: ", "")
    assert {line.split()[1] for line in made.stdout.splitlines()} == {"bucket", "schedules", "webhook"} - {part}


async def test_every_service_that_is_away_is_named(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("QSTASH_URL", "RESEND_API_URL", "STORAGE_ENDPOINT"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    monkeypatch.setenv("MONGODB_URI", "mongodb://")
    shown = await ground("--json")
    assert shown.exit_code == 1
    assert [one["why"] for one in json.loads(shown.stdout)["failures"]] == [
        "storage: EndpointConnectionError",
        "mongodb: InvalidURI",
        "qstash: ConnectError",
        "qstash: ConnectError",
        "resend: no connection",
    ]


async def test_what_strangers_have_named_speaks_to_no_terminal(ground: Ground) -> None:
    name = f"\x1b[31mred\u202e {token_hex(2)}"
    await ground.database.users.create_index([("x", 1)], name=name)
    shown = await ground("--check")
    assert "\x1b" not in shown.output
    assert "\u202e" not in shown.output
    assert "extra" in shown.stdout
