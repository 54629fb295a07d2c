"""What the demo says of its steps, and what it leaves, also when something was not as it must be."""

import io
import json
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from infra.demo.run import left_in
from infra.demo.timeline import NotSo, Timeline


def quiet() -> Console:
    return Console(file=io.StringIO(), width=200)


def said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_step_is_announced_where_no_terminal_shows_it_waiting() -> None:
    console = quiet()
    with Timeline(console).step("crash", "waiting for its lease"):
        assert "crash: waiting for its lease" in said(console)


def hit(fault: Exception) -> None:
    raise fault


@pytest.mark.parametrize("fault", [NotSo("two mails"), httpx.ReadTimeout("two mails")])
def test_what_is_not_so_and_what_is_not_answered_make_the_step_fail(fault: Exception) -> None:
    timeline = Timeline(quiet())
    with timeline.step("mail", "waiting"):
        hit(fault)
    assert not timeline.ok
    assert "two mails" in timeline.entries[0].detail


def test_a_fault_of_the_demo_itself_is_noted_and_goes_on(tmp_path: Path) -> None:
    timeline = Timeline(quiet())
    with pytest.raises(KeyError), timeline.step("mail", "waiting"):
        raise KeyError("html")
    timeline.write(tmp_path / "timeline.json")
    assert [(entry["step"], entry["ok"]) for entry in json.loads((tmp_path / "timeline.json").read_text())] == [
        ("mail", False)
    ]


def test_what_is_written_reads_as_it_was_shown(tmp_path: Path) -> None:
    timeline = Timeline(quiet())
    with timeline.step("analysis", "waiting") as seen:
        seen.append("水車")
    timeline.write(tmp_path / "timeline.json")
    assert "水車" in (tmp_path / "timeline.json").read_text("utf-8")


def test_a_failed_demo_names_what_is_there_and_the_logs(tmp_path: Path) -> None:
    (tmp_path / "timeline.json").touch()
    (tmp_path / "logs").mkdir()
    told = left_in(tmp_path, ok=False)
    assert "mail.html" not in told
    assert str(tmp_path / "logs") in told
