"""What `demo` and `dev` say before anything starts, in one line, and about sources that can't be read."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.__main__ import app
from infra.commands.local import unreadable
from infra.local.stack import STOPPABLE, CannotStart, Options, Stack


def test_an_unknown_outage_is_one_line_and_status_2() -> None:
    result = CliRunner().invoke(app, ["demo", "--outage", "nats"])
    assert result.exit_code == 2
    assert result.stderr == f"There is no outage of 'nats' to show; known: {', '.join(STOPPABLE)}.\n"


def test_a_port_that_is_taken_is_one_line_and_starts_nothing(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(CannotStart, match="Address already in use") as caught:
            Stack.start(tmp_path, Options(api_port=other.getsockname()[1]))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_changed_source_that_is_no_python_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text("x = 1\n")
    (tmp_path / "bad.py").write_text("x = 1\ndef (:\n")
    (tmp_path / "page.html").write_text("<p>")
    paths = [tmp_path / name for name in ("good.py", "bad.py", "page.html", "deleted.py")]
    assert unreadable(paths) == ["bad.py, line 2 is no Python: invalid syntax"]
