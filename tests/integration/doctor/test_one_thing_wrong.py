"""One thing is wrong at a time: it is found, told in its own words, with what mends it, and hides nothing else."""

from typing import Final

import pytest

from infra.doctor.model import State
from infra.local.guard import LOOPBACK
from infra.local.ports import free_ports
from infra.local.qstash.settings import DEVELOPMENT_CURRENT_KEY
from tests.integration.doctor.ward import Ward
from tests.integration.qstash.destination import Destination, Reply
from tests.support.postgres import running

OTHER_KEY: Final = "sig_of_another_account_entirely_1"

Wrong = tuple[str, dict[str, str], State, str, str]
WRONG: Final[dict[str, Wrong]] = {
    "a secret proves nothing": (
        "settings",
        {"TOKEN_KEYS": ""},
        State.FAIL,
        "TOKEN_KEYS: entry 1 is not `kid:secret`",
        "`make dev`",
    ),
    "QStash does not know the token": ("qstash", {"QSTASH_TOKEN": "wrong"}, State.FAIL, "401", "QSTASH_TOKEN"),
    "the keys are another account's": (
        "signing keys",
        {"QSTASH_CURRENT_SIGNING_KEY": OTHER_KEY, "QSTASH_NEXT_SIGNING_KEY": OTHER_KEY},
        State.FAIL,
        "every delivery is refused",
        "QSTASH_CURRENT_SIGNING_KEY",
    ),
    "the keys were rotated": (
        "signing keys",
        {"QSTASH_CURRENT_SIGNING_KEY": OTHER_KEY, "QSTASH_NEXT_SIGNING_KEY": DEVELOPMENT_CURRENT_KEY},
        State.WARN,
        "rotated",
        "deploy",
    ),
    "the next key is no more the account's": (
        "signing keys",
        {"QSTASH_CURRENT_SIGNING_KEY": DEVELOPMENT_CURRENT_KEY, "QSTASH_NEXT_SIGNING_KEY": OTHER_KEY},
        State.WARN,
        "the next one is not",
        "QSTASH_NEXT_SIGNING_KEY",
    ),
    "the plan allows fewer retries": (
        "qstash retries",
        {"QSTASH_MAX_RETRIES": "9"},
        State.FAIL,
        "this plan allows 5",
        "QSTASH_MAX_RETRIES",
    ),
    "Redis does not know the token": (
        "redis",
        {"UPSTASH_REDIS_REST_TOKEN": "wrong"},
        State.FAIL,
        "redis:",
        "UPSTASH_REDIS_REST_TOKEN",
    ),
    "the storage key is wrong": (
        "storage",
        {"STORAGE_SECRET_ACCESS_KEY": "wrong"},
        State.FAIL,
        "storage:",
        "key pair",
    ),
    "another origin": (
        "bucket cors",
        {"CORS_ORIGINS": "https://other.example"},
        State.FAIL,
        "a page of https://other.example may not put a file",
        "bootstrap",
    ),
    "the model does not know the key": ("ai", {"AI_KEY": "wrong"}, State.FAIL, "ai:", "AI_KEY"),
    "the webhook's secret is another": (
        "mail events",
        {"RESEND_WEBHOOK_SECRET": f"whsec_{'a' * 40}"},
        State.FAIL,
        "does not believe",
        "RESEND_WEBHOOK_SECRET",
    ),
    "nobody is where the API should be": ("api", {"APP_URL": f"http://{LOOPBACK}:1"}, State.FAIL, "api:", "APP_URL"),
}


@pytest.mark.parametrize("kind", WRONG)
async def test_it_is_found_with_what_mends_it(ward: Ward, kind: str) -> None:
    check, changed, state, seen, mend = WRONG[kind]
    found = (await ward.finds(check, **changed))[check]
    assert (found.state, seen in found.seen, mend in found.mend) == (state, True, True), found
    assert OTHER_KEY not in f"{found}"


async def test_what_stands_on_mongodb_is_not_tried_while_that_is_away_and_the_rest_is(ward: Ward) -> None:
    away = f"mongodb://{LOOPBACK}:{free_ports(1)[0]}/?directConnection=true"
    found = await ward.finds("mongodb", "search", "relay", "qstash", "redis", MONGODB_URI=away)
    assert {name: one.state for name, one in found.items()} == {
        "mongodb": State.FAIL,
        "search": State.UNTRIED,
        "relay": State.UNTRIED,
        "qstash": State.OK,
        "redis": State.OK,
    }
    assert found["search"].seen == "see mongodb"


async def test_what_is_not_configured_is_not_tried_and_the_settings_say_why(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RESEND_API_KEY")
    found = await ward.finds("settings", "resend", "redis")
    assert (found["settings"].state, found["settings"].seen) == (State.FAIL, "RESEND_API_KEY: Field required")
    assert (found["resend"].state, found["redis"].state) == (State.UNTRIED, State.OK)


async def test_a_postgresql_is_one_that_the_engine_can_be_made_in(ward: Ward) -> None:
    with running() as postgres:
        url = postgres.url.get_secret_value()
        there = await ward.finds("search", SEARCH_ENGINE="postgres", SEARCH_DATABASE_URL=url)
        await postgres.execute("create role reader login")
        reader = url.replace("postgres:@", "reader:@")
        assert reader != url
        reads = await ward.finds("search", SEARCH_DATABASE_URL=reader)
    assert (there["search"].state, reads["search"].state) == (State.OK, State.FAIL)
    assert reads["search"].seen == "its user may make no schema in the database"


ANSWERS: Final = {
    "send_email": (401, "it has other signing keys"),
    "check_document": (403, "lets nobody in"),
    "analyze_document": (404, "nothing is deployed there"),
    "generate_pdf": (429, "it is throttled"),
    "sync_search": (489, "of a version that knows no probe"),
    "cleanup_blobs": (500, "it raised"),
}


async def test_each_function_that_is_not_as_it_should_be_is_told_by_what_it_answers(
    ward: Ward, destination: Destination
) -> None:
    """The others are there all the same; of one that takes the probe for work it is told, too."""
    nonretryable = {"Upstash-NonRetryable-Error": "true"}
    changed = {
        f"JOB_URL_{name.upper()}": destination.replies(f"/{name}", Reply(status, nonretryable, b"{}"))
        for name, (status, _) in ANSWERS.items()
    }
    changed["JOB_URL_RELAY_JOBS"] = destination.replies("/relay_jobs", Reply(200, body=b'{"outcome": "succeeded"}'))
    changed["JOB_URL_ERASE_USER"] = f"http://{LOOPBACK}:{free_ports(1)[0]}/"

    found = await ward.finds("functions", **changed)

    for name, (status, mend) in ANSWERS.items():
        finding = found[f"function {name}"]
        assert (finding.state, finding.seen) == (State.FAIL, f"answered {status}")
        assert mend in finding.mend
    assert found["function relay_jobs"].seen == "it took the probe for work, and answered 'succeeded'"
    assert found["function erase_user"].seen.startswith("not reached")
    assert found["function record_failure"].state is State.OK
    assert [got.body for got in destination.at("/send_email")] == [b'{"v":1,"verify":true}']  # and no retry
