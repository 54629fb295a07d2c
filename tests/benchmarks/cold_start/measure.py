"""Cold starts of every function from its own artifact, beside a bare handler and, for the mail, the usual one.

All programs take turns, round after round, each time in a fresh process. Every one is started once before, which is
not counted: what a disk has to read first is no property of the code.
"""

import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from zipfile import ZipFile

from infra.artifacts import manifest
from infra.local.built import Built, built_for_this_machine
from infra.local.lambda_host.unpacking import unpack
from tests.benchmarks.cold_start import peers, rows
from tests.benchmarks.cold_start.ear import Ear
from tests.benchmarks.cold_start.imports import imports
from tests.benchmarks.cold_start.rows import A_MAIL, BARE, COMPILED, MAIL, RESTORED, USUAL
from tests.benchmarks.cold_start.scene import Scene, scene
from tests.benchmarks.cold_start.start import Call, Program, Started, start
from tests.benchmarks.figures import Effort, Row

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Turn:
    """One program, what it is called with, and at which door its claim is listened for."""

    program: Program
    call: Callable[[], Awaitable[Call]]
    ear: Ear | None = None


async def measure(effort: Effort, say: Say = lambda _: None) -> list[Row]:
    built = built_for_this_machine(say)
    artifacts = manifest.read(built.folder)
    names = sorted(artifacts) if effort.cold is None else effort.cold
    python = built.runtime.python
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        async with scene(folder) as around:
            ours = _ours(built, names, around, folder)
            packaged = peers.usual(built.python, say) if effort.cold is None else None
            usual = _usual(packaged.zip, python, around, folder) if packaged else {}
            started = await _rounds(effort.rounds, {**ours, **usual}, python, folder / "starts.log")
        return [
            *rows.starts(started),
            *rows.sizes(
                (artifacts[name] for name in names),
                packaged.zip if packaged else None,
                usual[USUAL].program.root if usual else None,
            ),
            *rows.of_imports(
                imports(ours[MAIL].program, python), imports(usual[COMPILED].program, python) if usual else None
            ),
        ]


def _ours(built: Built, names: Sequence[str], around: Scene, folder: Path) -> dict[str, Turn]:
    """Every function's cheapest event; the mail's real one too; and the bare handler."""
    bare = Program("bare", peers.bare(folder / "bare"), "handler.handler", {})
    turns = {BARE: Turn(bare, partial(_given, ({}, 200)))}
    for name in names:
        root = folder / name
        unpack(built.folder / f"{name}.zip", root)
        program = Program(name, root, f"functions.{name}.handler.handler", around.environments[name])
        turns[name] = Turn(program, partial(_first, around, name))
        if name == MAIL:
            turns[A_MAIL] = Turn(program, partial(_mail, around), around.mongodb)
            turns[RESTORED] = Turn(replace(program, snapshot=True), partial(_mail, around), around.mongodb)
    return turns


def _usual(archive: Path, python: Path, around: Scene, folder: Path) -> dict[str, Turn]:
    turns = {}
    for name in (USUAL, COMPILED):
        root = folder / name.replace(" ", "-")
        with ZipFile(archive) as packaged:
            packaged.extractall(root)
        if name == COMPILED:
            peers.compiled(root, python)
        program = Program("usual", root, "handler.handler", around.usual)
        turns[name] = Turn(program, partial(_usual_mail, around), around.redis)
    return turns


async def _rounds(rounds: int, turns: Mapping[str, Turn], python: Path, log: Path) -> dict[str, list[Started]]:
    started: dict[str, list[Started]] = {name: [] for name in turns}
    for counted in (False, *[True] * rounds):
        for name, turn in turns.items():
            one = await start(turn.program, await turn.call(), python, log, turn.ear)
            if counted:
                started[name].append(one)
    return started


async def _given(call: Call) -> Call:
    return call


async def _first(around: Scene, name: str) -> Call:
    return around.first(name)


async def _mail(around: Scene) -> Call:
    return await around.mail(), 200


async def _usual_mail(around: Scene) -> Call:
    return around.usual_mail(), 200
