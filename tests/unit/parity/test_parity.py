"""This repository's configuration is alike everywhere, and each kind of difference is found in a copy that has it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from infra.__main__ import app
from infra.commands import exits
from infra.commands.stage import ROOT
from infra.parity.comparing import differences
from infra.parity.values import LOCALLY, MAY_DIFFER

FILES: Final = ("serverless.yml", ".env.example", "docs/configuration.md", "shared/handler.py", "shared/process.py")

NO_CODE: Final = shutil.ignore_patterns("__pycache__", "templates", "*.ttf")

Change = Callable[[str, str, str], None]
"""In this file of the copy, this text becomes that."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for file in FILES:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    shutil.copytree(ROOT / "infra/stages", tmp_path / "infra/stages")
    for handler in ROOT.glob("functions/*/handler.py"):
        shutil.copytree(handler.parent, tmp_path / "functions" / handler.parent.name, ignore=NO_CODE)
    return tmp_path


@pytest.fixture
def change(copy: Path) -> Change:
    def changed(file: str, this: str, that: str) -> None:
        text = (copy / file).read_text("utf-8")
        assert this in text, f"{file} does not hold {this!r}"
        (copy / file).write_text(text.replace(this, that, 1), "utf-8")

    return changed


def found(root: Path) -> list[tuple[str, str]]:
    return [(one.where, one.what) for one in differences(root)]


def test_this_repository_is_alike_everywhere() -> None:
    assert found(ROOT) == []


def test_the_command_says_so() -> None:
    said = CliRunner().invoke(app, ["parity"])
    assert (said.exit_code, said.stdout) == (exits.DONE, "all alike\n")


def test_a_difference_is_exit_code_3_and_a_row(copy: Path, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.commands.parity.ROOT", copy)
    change(".env.example", "TIME_SCALE=1", "")
    said = CliRunner().invoke(app, ["parity"])
    assert said.exit_code == exits.NOT_SO
    assert said.stdout.splitlines()[1].split() == [".env.example", "TIME_SCALE", "is", "missing"]


PROD: Final = "infra/stages/prod.yml"
DEV: Final = "infra/stages/dev.yml"
LOCAL: Final = "infra/stages/local.yml"
PAGE: Final = "docs/configuration.md"
BROKEN: Final = {
    "a key that a stage has not": (PROD, 'TIME_SCALE: "1"', "", (PROD, "TIME_SCALE is missing")),
    "a key that nobody reads": (DEV, "REGION:", "OLD: x\nREGION:", (DEV, "OLD is no variable of shared/config.py")),
    "an example without a line": (".env.example", "AI_KEY=", "# AI_KEY=", (".env.example", "AI_KEY is missing")),
    "an example with one too many": (
        ".env.example",
        "AI_KEY=",
        "OLD=\nAI_KEY=",
        (".env.example", "OLD is no variable of shared/config.py"),
    ),
    "a value that may not differ": (
        DEV,
        "SEARCH_ENGINE: tantivy",
        "SEARCH_ENGINE: postgres",
        (DEV, "SEARCH_ENGINE is not what it is in prod, and may not differ"),
    ),
    "a secret of another stage": (
        DEV,
        "millrace/dev:SecretString:QSTASH_TOKEN",
        "millrace/prod:SecretString:QSTASH_TOKEN",
        (DEV, "QSTASH_TOKEN is not what it is in prod, and may not differ"),
    ),
    "another default on one machine": (
        LOCAL,
        "${env:AI_PROVIDER, 'bedrock'}",
        "${env:AI_PROVIDER, 'openai'}",
        (LOCAL, "AI_PROVIDER is not what it is in prod, and may not differ"),
    ),
    "a variable that the page has not": (PAGE, "| `TIME_SCALE` |", "| TIME_SCALE |", (PAGE, "TIME_SCALE is missing")),
    "a secret that the page calls none": (
        PAGE,
        "| `AI_KEY` | yes |",
        "| `AI_KEY` | no |",
        (PAGE, "AI_KEY is said to be no secret"),
    ),
    "a key for AWS that the page has not": (
        PAGE,
        "| `SECRETS_VERSION` | which",
        "| SECRETS_VERSION | which",
        (PAGE, "SECRETS_VERSION, which is for AWS, is missing"),
    ),
    "a difference that only the page allows": (
        PAGE,
        "| `AI_MODEL` | `local` alone | the stack's own model |",
        "| `AI_MODEL` | every stage | the stack's own model |",
        (PAGE, "AI_MODEL may differ in every stage: that is only on the page"),
    ),
    "a part that is loaded and not given": (
        "serverless.yml",
        "<<: [*runs, *mail_events]",
        "<<: [*runs]",
        (
            "serverless.yml, email_events",
            "RESEND_WEBHOOK_SECRET is not given, and its code loads MailEventSettings",
        ),
    ),
    "a part that a member of the process loads": (
        "functions/send_webhook/handler.py",
        "process.database",
        "process.database or process.search",
        ("serverless.yml, send_webhook", "SEARCH_ENGINE is not given, and its code loads SearchSettings"),
    ),
    "a part that every job needs": (
        "serverless.yml",
        "<<: [*runs, *deliveries, *alert_webhook]",
        "<<: [*runs, *alert_webhook]",
        (
            "serverless.yml, send_webhook",
            "QSTASH_CURRENT_SIGNING_KEY is not given, and its code loads VerifySettings",
        ),
    ),
    "a part that is given and not loaded": (
        "serverless.yml",
        "<<: [*runs, *mail_events]",
        "<<: [*runs, *mail_events, *tokens]",
        ("serverless.yml, email_events", "TOKEN_KEYS is given, and its code does not load it"),
    ),
    "the address of a job for one that publishes nothing": (
        "serverless.yml",
        "<<: [*runs, *mail_events]",
        "<<: [*runs, *mail_events]\n      JOB_URL_SEND_EMAIL: x",
        ("serverless.yml, email_events", "JOB_URL_SEND_EMAIL is given, and its code does not load it"),
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_it_finds(copy: Path, change: Change, kind: str) -> None:
    file, this, that, difference = BROKEN[kind]
    change(file, this, that)
    assert difference in found(copy)


def test_what_may_differ_is_no_difference(copy: Path, change: Change) -> None:
    change(DEV, "AI_TOKENS_A_DAY:", "AI_TOKENS_A_DAY: 1 #")
    change(LOCAL, "AI_MODEL, 'local-model'", "AI_MODEL, 'another'")
    assert found(copy) == []


def test_nothing_that_may_differ_everywhere_is_listed_for_one_machine_again() -> None:
    assert MAY_DIFFER.keys().isdisjoint(LOCALLY)
