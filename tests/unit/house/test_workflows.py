"""What GitHub does with this repository: it may no more than it must, and does what can be done here as well."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import typer

from infra.__main__ import app
from infra.local.serverless import load_document

ROOT: Final = Path(__file__).parents[3]
WORKFLOWS: Final = sorted(ROOT.glob(".github/workflows/*.yml"))
TARGETS: Final = frozenset(re.findall(r"^([a-z ]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
MAY_MORE_THAN_READ: Final = {
    "deploy": {"id-token"},
    "update": {"contents", "pull-requests", "actions"},
}
SAY: Final = 'import json, os; print(json.dumps({k: os.environ.get(k) for k in ("MONGODB_URI", "MAIL_FROM")}))'


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def workflow(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def jobs(path: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = load_document(path)["jobs"]
    return found


def steps(path: Path) -> Iterator[Mapping[str, Any]]:
    for job in jobs(path).values():
        yield from job.get("steps", [])


def test_each_says_what_it_may_and_that_is_no_more_than_it_must(workflow: Path) -> None:
    document = load_document(workflow)
    said = [document["permissions"], *(job["permissions"] for job in document["jobs"].values() if "permissions" in job)]
    assert {name for one in said for name, may in one.items() if may == "write"} == MAY_MORE_THAN_READ.get(
        workflow.stem, set()
    )
    assert {may for one in said for may in one.values()} <= {"read", "write"}
    if workflow.stem in MAY_MORE_THAN_READ:
        assert document["permissions"] == {}, "what it may more is said at the job that needs it"


def test_each_job_ends(workflow: Path) -> None:
    assert [name for name, job in jobs(workflow).items() if "uses" not in job and "timeout-minutes" not in job] == []


def test_nothing_from_outside_is_part_of_a_script(workflow: Path) -> None:
    """A secret would be in a process's arguments, and what somebody else has named would be run."""
    scripts = [step["run"] for step in steps(workflow) if "run" in step]
    assert [text for text in scripts if set(re.findall(r"\${{ *(\w+)", text)) - {"matrix"}] == []
    assert [text for text in scripts if re.search(r"^ *(env|printenv|echo|set -x)\b", text, re.MULTILINE)] == []


def test_each_command_of_a_step_is_one_of_this_repository(workflow: Path) -> None:
    targets = {name for names in TARGETS for name in names.split()}
    commands = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined] # of a group
    text = "\n".join(step.get("run", "") for step in steps(workflow))
    assert set(re.findall(r"^make ([a-z]+)", text, re.MULTILINE)) <= targets
    assert set(re.findall(r"python -m infra ([a-z]+)", text)) <= commands
    assert text.count(".ci/run") == 0 or (ROOT / ".ci" / "run").is_file()


def test_each_action_has_a_version(workflow: Path) -> None:
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert [name for name in used if not re.fullmatch(r"[\w-]+/[\w-]+@(v\d+|[0-9a-f]{40})", name)] == []


def test_a_checkout_leaves_no_token_behind(workflow: Path) -> None:
    checkouts = [step for step in steps(workflow) if step.get("uses", "").startswith("actions/checkout@")]
    assert [step for step in checkouts if step.get("with", {}).get("persist-credentials") is not False] == []


def test_what_installs_packages_knows_no_secret(workflow: Path) -> None:
    """They come from strangers. A step that installs none is given what it needs itself."""
    wide = [str(one.get("env", "")) for one in (load_document(workflow), *jobs(workflow).values())]
    installing = [
        str(step) for step in steps(workflow) if re.search(r"\bmake (?!deploy)|\.ci/run", step.get("run", ""))
    ]
    assert [text for text in (*wide, *installing) if re.search(r"secrets\.|token", text)] == []


@pytest.mark.parametrize("quote", ["'", ""])
def test_a_key_of_the_bootstrap_arrives_as_it_is(tmp_path: Path, quote: str) -> None:
    """Whatever is in it: nothing of it is run."""
    keys = {
        "MONGODB_URI": "mongodb+srv://u:p#$(id)@host/?retryWrites=true&w=majority",
        "MAIL_FROM": "Mill <a@b.example>",
    }
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/dotenv").symlink_to(ROOT / ".venv/bin/dotenv")
    python = tmp_path / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\n[ "$3" != bootstrap ] || exec "{sys.executable}" -c \'{SAY}\'\n', "utf-8")
    python.chmod(0o755)
    (tmp_path / "aws").write_text("#!/bin/sh\n", "utf-8")
    (tmp_path / "aws").chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "STAGE": "dev",
        "BOOTSTRAP_ENV": "\n".join(f"{name}={quote}{value}{quote}" for name, value in keys.items()),
    }
    script = "\n".join(
        step["run"]
        for step in steps(ROOT / ".github/workflows/deploy.yml")
        if ".env.bootstrap" in step.get("run", "") or "BOOTSTRAP_ENV" in step.get("env", {})
    )
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    assert [json.loads(line) for line in done.stdout.splitlines()] == [keys, keys]


def test_a_deploy_waits_for_the_tests_and_has_no_key_of_aws() -> None:
    deploy = jobs(ROOT / ".github/workflows/deploy.yml")["deploy"]
    assert deploy["needs"] == "test"
    assert deploy["environment"] == "${{ inputs.stage || 'prod' }}"
    assert "aws_secret_access_key" not in str(deploy).lower()
