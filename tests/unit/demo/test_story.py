"""How the story is told, whatever is in it."""

import io
from pathlib import Path

import httpx
from rich.console import Console

from infra.demo.story import tell
from infra.demo.timeline import Timeline
from tests.unit.demo.desk import witness


def test_the_first_step_that_fails_ends_the_story(tmp_path: Path) -> None:
    timeline = Timeline(Console(file=io.StringIO()))
    tell(timeline, witness(lambda _: httpx.Response(503)), tmp_path)
    assert [(entry.step, entry.ok) for entry in timeline.entries] == [("accepted", False)]
    assert "answered 503" in timeline.entries[0].detail
