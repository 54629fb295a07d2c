"""docs/command-line.md names every command and every exit code, and every command explains itself."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from infra.__main__ import app
from infra.commands import exits
from infra.commands.running import CommandProcess
from infra.commands.stage import ROOT
from shared.breakers import LocalBreaker

PAGE = (ROOT / "docs" / "command-line.md").read_text("utf-8")


def commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} ")
        else:
            yield f"{before}{name}", command


def test_every_command_says_what_it_does_and_what_each_option_is_for() -> None:
    for name, command in commands(typer.main.get_command(app)):
        assert command.help, name
        options = [param for param in command.params if param.param_type_name == "option" and param.name != "help"]
        assert [param.name for param in options if not param.help] == [], name


def test_the_page_names_every_command() -> None:
    words = {name: name.split() for name, _ in commands(typer.main.get_command(app))}
    assert [name for name, parts in words.items() if not all(re.search(rf"\b{part}\b", PAGE) for part in parts)] == []


def test_the_page_explains_every_exit_code() -> None:
    codes = {value for name, value in vars(exits).items() if name.isupper()}
    for text in (PAGE, exits.__doc__ or ""):
        assert {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)} == codes


def test_what_this_machine_can_not_reach_opens_no_breaker_for_the_lambdas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPSTASH_REDIS_REST_URL", "http://127.0.0.1:1")
    assert isinstance(CommandProcess("local").breaker("qstash"), LocalBreaker)


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, typer.Abort])  # the latter is Ctrl-C at a question
def test_an_interrupt_is_told_apart_from_a_refusal_in_every_command(
    monkeypatch: pytest.MonkeyPatch, interrupt: type[BaseException]
) -> None:
    def cut_off(_: Path) -> None:
        raise interrupt

    monkeypatch.setattr("infra.parity.comparing.differences", cut_off)
    assert CliRunner().invoke(app, ["parity"]).exit_code == exits.INTERRUPTED
