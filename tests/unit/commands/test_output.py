"""What a person sees: nothing that speaks to the terminal, nothing cut in a pipe, and an id never."""

import io
import json

import pytest
from rich.console import Console

from infra.commands.output import as_json, facts, result, table

HOSTILE = "a\x1b[31m red\x9b2J\u202e\r\nline [bold]b[/bold]"
ID = "sync_search:msg_bh3nm5otun3cbfthwt2the6zjmzn"


def printed(columns: int, *, folded: bool = False) -> list[str]:
    console = Console(file=io.StringIO(), width=columns, markup=False)
    console.print(table(("run", "state", "error"), [(ID, "failed", "word " * 20)], loose=("error",), folded=folded))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("columns", [70, 80, 120])
def test_where_there_is_no_room_the_words_are_cut_and_the_id_is_not(columns: int) -> None:
    head, row = printed(columns)
    assert row.startswith(f"{ID}  failed  word")
    assert "…" in row
    assert len(head) <= columns


def test_folded_nothing_is_cut() -> None:
    assert sum(line.count("word") for line in printed(80, folded=True)) == 20


def test_hostile_words_are_one_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    result(HOSTILE.replace("\r\n", " "))
    console = Console(file=io.StringIO(), width=100)
    console.print(facts([("error", HOSTILE)]))
    assert isinstance(console.file, io.StringIO)
    for said in (capsys.readouterr().out, console.file.getvalue()):
        assert "[31m red" in said
        assert "[bold]b[/bold]" in said
        assert not {"\x1b", "\x9b", "\u202e", "\r"} & set(said)
        assert said.count("\n") == 1


def test_json_holds_the_words_as_they_are_and_says_nothing_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    as_json({"error": HOSTILE, "name": "Zoë"})
    said = capsys.readouterr().out
    assert json.loads(said) == {"error": HOSTILE, "name": "Zoë"}
    assert "Zoë" in said
    assert not {"\x1b", "\x9b", "\u202e"} & set(said)


def test_a_table_in_a_pipe_is_not_cut(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from infra.commands.output import console

    monkeypatch.delenv("COLUMNS", raising=False)
    console().print(table(("error",), [("word " * 100,)], loose=("error",)))
    assert capsys.readouterr().out.count("word") == 100
