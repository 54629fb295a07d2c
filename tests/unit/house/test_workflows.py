"""What GitHub does with this repository: it may no more than it must, and does what can be done here as well."""

import re
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


def test_a_checkout_leaves_no_token_behind_but_where_it_pushes() -> None:
    kept = {
        path.stem
        for path in WORKFLOWS
        for step in steps(path)
        if step.get("uses", "").startswith("actions/checkout@")
        and step.get("with", {}).get("persist-credentials") is not False
    }
    assert kept == {"update"}


def test_a_deploy_waits_for_the_tests_and_has_no_key_of_aws() -> None:
    deploy = jobs(ROOT / ".github/workflows/deploy.yml")["deploy"]
    assert deploy["needs"] == "test"
    assert deploy["environment"] == "${{ inputs.stage || 'prod' }}"
    assert "aws_secret_access_key" not in str(deploy).lower()
