"""The artifact is what is tested: the whole demo, and every function that it leaves out, each from its zip, alone."""

import re
import subprocess
from pathlib import Path

import httpx
import pytest

from infra.local.built import Built
from infra.local.processes import ROOT
from tests.integration.from_artifacts.conftest import Played
from tests.integration.from_artifacts.others import CALLED

# A cold build, a stack, and the minute of the demo's killed lease, beside all other tests.
pytestmark = [pytest.mark.xdist_group("from artifacts"), pytest.mark.timeout(600)]

WARNING = re.compile(r":\d+: \w*Warning: ")
STEPS = [
    *("accepted", "delivered", "mail", "session", "history", "duplicate", "upload", "analysis"),
    *("report", "download", "search", "deleted", "crash"),
]


def test_the_whole_demo_passes(played: Played) -> None:
    seen = {entry.step: (entry.ok, entry.detail) for entry in played.timeline.entries}
    assert list(seen) == STEPS
    assert [detail for ok, detail in seen.values() if not ok] == []


def test_so_does_the_work_of_the_functions_that_it_leaves_out(played: Played) -> None:
    others = played.others
    assert set(others.ended.values()) == {"succeeded"}, others.ended
    assert others.checked == "stored"
    assert others.told["type"] == "job.failed"
    assert others.called == set(CALLED)


def test_every_function_ran_from_its_own_folder_under_the_python_it_was_built_for(played: Played, built: Built) -> None:
    home, base = built.runtime.python.parents[1], built.runtime.python.resolve().parents[1]
    for name, pid in processes(played):
        process = Path(f"/proc/{pid}")
        root = (process / "cwd").readlink()
        assert root.name == name
        assert (process / "exe").readlink().is_relative_to(base)
        assert f"LAMBDA_TASK_ROOT={root}" in environment(process)
        assert f"AWS_EXECUTION_ENV=AWS_Lambda_python{built.runtime.version}" in environment(process)
        # Whatever it has loaded: the tree, and what is installed for development, lie under ROOT.
        ours = {path for path in loaded(process) if path.is_relative_to(ROOT)}
        assert all(path.is_relative_to(home) for path in ours), ours


def test_nothing_was_written_where_a_function_lies(played: Played) -> None:
    """Since the host was ready, which is before any of them ran: no file is new, other than it was, or gone."""
    ready = played.stack.children["lambda-host"].log
    roots = [str(Path(f"/proc/{pid}/cwd").readlink()) for _, pid in processes(played)]
    command = ["find", *roots, "-cnewer", str(ready)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == ""


def test_no_function_is_warned_by_its_python(played: Played) -> None:
    logs = (played.stack.folder / "logs" / f"{name}.log" for name, _ in processes(played))
    assert [line for log in logs for line in log.read_text().splitlines() if WARNING.search(line)] == []


def processes(played: Played) -> list[tuple[str, int]]:
    """A live one of each function; all have run by now, and wait for their next event."""
    listed = httpx.get(f"{played.stack.urls.host}/local/functions", timeout=30).raise_for_status().json()
    found = [(name, one["pid"]) for name, live in listed.items() for one in live[:1]]
    assert [name for name, _ in found] == list(listed)
    return found


def environment(process: Path) -> list[str]:
    return (process / "environ").read_text().split("\0")


def loaded(process: Path) -> set[Path]:
    """Every file that is mapped into its memory: each compiled module."""
    lines = (process / "maps").read_text().splitlines()
    return {Path(line.split(maxsplit=5)[5]) for line in lines if "/" in line}
