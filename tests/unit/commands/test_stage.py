"""Where a stage's variables come from, what wins, and which mixtures are refused."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import pytest

from infra.commands.stage import ROOT, entered, stage_first, variables
from infra.commands.stage_file import STACK, STACK_FILE, kept
from infra.local.stack import Stack
from shared.errors import ConfigurationError

RUNNING = dict.fromkeys(STACK, "http://127.0.0.1:1") | {"MONGODB_URI": "mongodb://127.0.0.1:1"}


class Urls:
    api = "http://127.0.0.1:9000"
    functions: Mapping[str, str] = {
        name: f"http://127.0.0.1:9001/{name}/"
        for name in (
            *("send_email", "check_document", "analyze_document", "generate_pdf", "sync_search", "cleanup_blobs"),
            *("check_health", "send_webhook", "erase_user", "relay_jobs", "record_failure"),
        )
    }


class Running:
    """All that a stack's file is made of."""

    environment = RUNNING | {"MAIL_FROM": "O'Neil's \\ mill <mill@example.com> $HOME #1"}
    urls = Urls


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A project's folder, with the bundle's serverless.yml and stages."""
    (tmp_path / "serverless.yml").symlink_to(ROOT / "serverless.yml")
    (tmp_path / "infra").symlink_to(ROOT / "infra")
    (tmp_path / STACK_FILE).parent.mkdir(parents=True)
    yield tmp_path
    assert not (tmp_path / STACK_FILE).exists()


def test_the_running_stack_is_there_while_it_runs_for_its_owner_alone(root: Path) -> None:
    with kept(cast("Stack", Running), root / STACK_FILE):
        assert (root / STACK_FILE).stat().st_mode & 0o777 == 0o600
        found = variables("local", {}, root=root)
    assert {name: found[name] for name in STACK if name != "RESEND_API_URL"}.items() <= RUNNING.items()
    assert found["MAIL_FROM"] == Running.environment["MAIL_FROM"]
    assert found["MONGODB_DATABASE"] == "millrace_local"
    assert found["JOB_URL_CHECK_HEALTH"] == "http://127.0.0.1:9001/check_health/"
    assert found["FAILURE_CALLBACK_URL"] == "http://127.0.0.1:9001/record_failure/"
    assert variables("local", {}, root=root) == {"STAGE": "local"}


def test_a_file_that_a_killed_stack_left_is_replaced_by_the_next(root: Path) -> None:
    (root / STACK_FILE).write_text("MONGODB_URI=mongodb://gone\n")
    with kept(cast("Stack", Running), root / STACK_FILE):
        assert variables("local", {}, root=root)["MONGODB_URI"] == RUNNING["MONGODB_URI"]


def test_an_environment_that_names_another_service_gets_nothing_of_the_stack(root: Path) -> None:
    other = {"MONGODB_URI": "mongodb://other"}
    with kept(cast("Stack", Running), root / STACK_FILE):
        assert variables("local", other, root=root) == other | {"STAGE": "local"}
        same = variables("local", {"MONGODB_URI": RUNNING["MONGODB_URI"], "QSTASH_URL": ""}, root=root)
    assert same["QSTASH_URL"] == RUNNING["QSTASH_URL"]


def test_of_a_deployed_stage_the_environment_wins_then_its_file_then_what_it_says_in_plain(root: Path) -> None:
    (root / ".env.prod").write_text(
        "export MONGODB_URI='mongodb+srv://p'\nQSTASH_TOKEN=\"t\" # a token\nQSTASH_URL=q\n"
    )
    found = variables("prod", {"QSTASH_URL": "https://mine", "STORAGE_BUCKET": ""}, root=root)
    assert found["QSTASH_URL"] == "https://mine"
    assert (found["MONGODB_URI"], found["QSTASH_TOKEN"]) == ("mongodb+srv://p", "t")
    assert (found["MONGODB_DATABASE"], found["STORAGE_BUCKET"]) == ("millrace_prod", "millrace-prod")
    assert "UPSTASH_REDIS_REST_TOKEN" not in found  # a reference, which only a deploy can follow
    assert not [name for name, value in found.items() if "{{resolve:" in value]


def test_the_stack_that_runs_is_never_another_stages(root: Path) -> None:
    with kept(cast("Stack", Running), root / STACK_FILE):
        assert "MONGODB_URI" not in variables("dev", {}, root=root)


@pytest.mark.parametrize("name", ["MONGODB_URI", "QSTASH_TOKEN", "STORAGE_BUCKET", "MONGODB_DATABASE"])
def test_the_environment_of_one_stage_is_no_other_stages(root: Path, name: str) -> None:
    """A token alone names an account: QStash has the same address for all stages."""
    with pytest.raises(ConfigurationError, match=r"of the stage dev .* and prod was asked for"):
        variables("prod", {"STAGE": "dev", name: "devs"}, root=root)
    assert variables("prod", {"STAGE": "dev"}, root=root)["STAGE"] == "prod"


def test_a_file_of_another_stage_is_refused(root: Path) -> None:
    (root / ".env.prod").write_text("STAGE=staging\n")
    with pytest.raises(ConfigurationError, match="it says STAGE=staging"):
        variables("prod", {}, root=root)


def test_what_is_entered_is_left_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("STAGE", "local")
    before = dict(os.environ)
    with entered("prod", root=root):
        assert os.environ["MONGODB_DATABASE"] == "millrace_prod"
        os.environ["LEFT"] = "behind"
    assert dict(os.environ) == before


def test_files_of_stages_are_in_no_commit() -> None:
    lines = (ROOT / ".gitignore").read_text().splitlines()
    assert lines.index(".env.*") < lines.index("!.env.example")


def test_a_stages_file_that_lacks_a_key_is_told_in_one_line(root: Path) -> None:
    (root / "serverless.yml").unlink()
    with pytest.raises(ConfigurationError, match=r"serverless\.yml"):
        variables("prod", {}, root=root)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("doctor --stage prod --json", "--stage prod doctor --json"),
        ("runs list --stage=prod", "--stage=prod runs list"),
        ("--stage prod doctor", "--stage prod doctor"),
        ("doctor", "doctor"),
        ("doctor --stage", "--stage doctor"),
        ("runs show -- --stage", "runs show -- --stage"),
    ],
)
def test_a_stage_may_be_named_before_the_command_or_after_it(said: str, meant: str) -> None:
    assert stage_first(said.split()) == meant.split()
