"""`python -m infra`, as a person and a script run it: in a process of its own, at a terminal and without one."""

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from infra.commands.stage import ROOT
from tests.integration.commands.typed import Typed

PROGRAM = [sys.executable, "-m", "infra"]
PATIENCE = 60


def ran(words: Sequence[str], *, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE, check=False)


async def at_a_terminal(*words: str, answer: str) -> tuple[int, str]:
    """The exit code, and all that the terminal shows."""
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, *words, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"}
    )
    os.close(theirs)
    os.write(ours, answer.encode())
    seen = b""
    try:
        while more := await asyncio.to_thread(os.read, ours, 4096):
            seen += more
    except OSError:  # its end, as Linux tells it
        pass
    finally:
        os.close(ours)
    return await process.wait(), seen.decode()


async def test_json_goes_through_a_pipe_with_nothing_else_in_it(stage: Typed) -> None:
    run = await stage.failed()
    listed = ran([*PROGRAM, "runs", "list", "--status", "failed", "--json"])
    assert ([one["id"] for one in json.loads(listed.stdout)], listed.stderr) == ([run.id], "")
    shown = ran(["sh", "-c", f"{' '.join(PROGRAM)} runs show {run.id} | cat"])
    assert "\x1b" not in shown.stdout
    assert run.id in shown.stdout


async def test_at_a_terminal_it_asks_and_does_as_it_is_told(stage: Typed) -> None:
    await stage.failed()
    code, seen = await at_a_terminal("runs", "purge", "--status", "failed", answer="y\n")
    assert (code, await stage.database.runs.count_documents({})) == (0, 0)
    assert "Purge 1 run of local? [y/N]" in seen
    assert "\x1b[31mfailed" in seen  # in colour, where somebody looks
    assert "1 purged" in seen


async def test_runs_are_followed_until_ctrl_c_which_is_how_that_ends(stage: Typed) -> None:
    await stage.accepted()
    tail = await asyncio.create_subprocess_exec(
        *PROGRAM, "runs", "tail", "--json", cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert tail.stdout is not None
    first = json.loads(await asyncio.wait_for(tail.stdout.readline(), PATIENCE))
    assert (first["job"], first["state"], first["was"]) == ("send_email", "pending", None)
    tail.send_signal(signal.SIGINT)
    _, said = await asyncio.wait_for(tail.communicate(), PATIENCE)
    assert (tail.returncode, said) == (0, b"")


INTERRUPTED = """
import os, signal
from infra.__main__ import app
from shared.runs import operating

class Operator(operating.Operator):
    async def many(self, *args, **options):
        async for one in super().many(*args, **options):
            yield one
            os.kill(os.getpid(), signal.SIGINT)

from infra.commands.runs import acting
acting.Operator = Operator
app(["runs", "purge", "--status", "failed", "--yes"])
"""


async def test_a_half_done_command_that_is_interrupted_can_be_given_again(stage: Typed) -> None:
    for _ in range(3):
        await stage.failed()
    ended = await asyncio.to_thread(ran, [sys.executable, "-W", "error", "-c", INTERRUPTED])
    assert ended.returncode == 130, ended.stderr
    assert "1 of 3 are through, and maybe a few more. The same command goes on with the rest.\n" in ended.stderr
    assert (await stage("runs", "purge", "--status", "failed", "--yes")).exit_code == 0
    assert await stage.database.runs.count_documents({}) == 0


COMPLETED = """
eval "$({word} --show-completion bash)"
for line in "--stage st" "runs list --job sync"; do
    COMP_WORDS=({word} $line) COMP_CWORD=$(set -- $line; echo $#)
    _millrace_completion {word}
    echo "${{COMPREPLY[*]}}"
done
"""


def test_a_shell_completes_the_names_of_stages_and_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{ROOT / 'infra'}:{os.environ['PATH']}")
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    said = ran(["bash", "-c", COMPLETED.format(word="millrace")], cwd=Path("/"))
    assert said.stdout.split() == ["staging", "sync_search"], said.stderr
