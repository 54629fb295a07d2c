"""A tree, a folder and a disk as they are found: with leftovers, half of something, or nothing more to be had."""

import fcntl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from zipfile import ZipFile

import pytest

from infra.artifacts import CannotBuild, Target, zipping
from infra.artifacts.building import PACKAGES
from infra.artifacts.lock import locked
from tests.integration.artifacts.conftest import ROOT, Project, project_of

WORDS = "functions/greet/words"


def test_what_editors_and_merges_leave_behind_changes_nothing(project: Project) -> None:
    before = project.build().digest
    for name in (".DS_Store", ".hello.txt.swp", "hello.txt~", "#hello.txt#", "hello.txt.orig", "__pycache__/a.pyc"):
        project.write(f"{WORDS}/{name}", "left behind")
    project.write("functions/greet/handler.py~", "left behind")
    (project.root / WORDS / ".#hello.txt").symlink_to("somebody@somewhere")
    assert project.build().digest == before
    assert project.said == ["greet: unchanged"]


def test_a_link_among_the_data_is_refused(project: Project, tmp_path: Path) -> None:
    """It may lead to what nobody meant to ship."""
    (tmp_path / "key").write_text("secret")
    (project.root / WORDS / "key.txt").symlink_to(tmp_path / "key")
    with pytest.raises(CannotBuild, match=r"key\.txt is a link"):
        project.build()


@pytest.mark.parametrize("text", ["import shared.gone.voice", "from shared.gone import say"])
def test_an_import_of_a_module_of_ours_that_is_not_there_is_refused(project: Project, text: str) -> None:
    project.write("functions/greet/handler.py", f"import idna\n{text}\n")
    with pytest.raises(CannotBuild, match=r"functions\.greet\.handler.* imports shared\.gone.*: there is no such"):
        project.build()


@pytest.mark.parametrize("text", ["", "[]", '{"functions": []}', '{"functions": {"greet": 1}}', '{"functions": null}'])
def test_a_manifest_that_is_none_counts_as_none(project: Project, text: str) -> None:
    artifact = project.build()
    project.write("out/manifest.json", text)
    assert project.build() == artifact


def test_what_a_killed_build_has_left_goes_with_the_next(project: Project) -> None:
    project.write("out/.half-killed/greet.zip", "half of it")
    project.build()
    assert sorted(path.name for path in project.out.iterdir()) == ["greet.zip", "manifest.json"]


def test_bytecode_is_ours_where_the_machine_has_packages_compiled_as_they_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would hold a time, and Lambda would compile everything again at each start."""
    monkeypatch.setenv("UV_COMPILE_BYTECODE", "1")
    project = project_of(tmp_path / "project", locked(ROOT / "requirements.txt", Target.here().markers))
    with ZipFile(project.build().path) as zipped:
        flags = {zipped.read(name)[4] for name in zipped.namelist() if name.endswith(".pyc")}
    assert flags == {0b01}


def test_a_full_disk_is_told_in_words_and_harms_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = project.build()
    project.write("shared/voice.py", "def say(): ...\n")
    with monkeypatch.context() as full:
        full.setattr(zipping, "write", lambda _, path: Path("/dev/full").write_bytes(path.name.encode()))
        with pytest.raises(CannotBuild, match="No space left on device"):
            project.build()
    assert before.path.read_bytes()
    assert before.digest in (project.out / "manifest.json").read_text("utf-8")


def test_a_build_waits_for_one_that_is_at_work_and_says_so(project: Project) -> None:
    waits = Event()
    project.build()  # so that the next has little to do, and would have ended at once
    with (project.root / PACKAGES / f"{Target.here().name}.lock").open("w") as other, ThreadPoolExecutor() as pool:
        fcntl.flock(other, fcntl.LOCK_EX)
        project.said = Said(waits)
        building = pool.submit(project.build)
        assert waits.wait(20)
        with pytest.raises(TimeoutError):
            building.result(1)
        fcntl.flock(other, fcntl.LOCK_UN)
        assert building.result(60).path.exists()


class Said(list[str]):
    """What a build has said; tells when it is that it waits."""

    def __init__(self, waits: Event) -> None:
        self._waits = waits

    def append(self, line: str) -> None:
        super().append(line)
        if "waiting" in line:
            self._waits.set()
