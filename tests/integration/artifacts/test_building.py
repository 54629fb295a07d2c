"""A build takes what has changed, leaves what has not, and never half of anything."""

import json
import marshal
import shutil
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from infra.artifacts import Architecture, CannotBuild, Target, building, identity, pythons
from infra.artifacts.lock import locked
from infra.artifacts.target import PYTHON
from tests.integration.artifacts.conftest import ROOT, Project, project_of

TAG = f"cpython-{sys.version_info.major}{sys.version_info.minor}"
PYC_HEADER = 16
MACHINES: dict[Architecture, int] = {"arm64": 183, "x86_64": 62}
"""By ELF's number: https://gabi.xinuos.com/elf/a-emachine.html"""


def names(path: Path) -> set[str]:
    with ZipFile(path) as zipped:
        return set(zipped.namelist())


def test_it_holds_what_is_reached_declared_and_required_and_nothing_else(project: Project) -> None:
    held = names(project.build().path)
    ours = {name for name in held if not name.startswith("idna")}
    sources = {"functions/__init__.py", "functions/greet/__init__.py", "functions/greet/handler.py"}
    assert {name for name in ours if name.endswith(".py")} == {*sources, "shared/__init__.py", "shared/voice.py"}
    assert {name for name in ours if not name.endswith((".py", ".pyc"))} == {"functions/greet/words/de/hello.txt"}
    assert f"shared/__pycache__/voice.{TAG}.pyc" in held
    assert "idna/core.py" in held
    assert any(name.endswith(".dist-info/METADATA") for name in held)
    assert not any(name.endswith(("RECORD", "py.typed")) for name in held)


def test_bytecode_is_never_compared_with_its_source_and_names_files_as_lambda_has_them(project: Project) -> None:
    with ZipFile(project.build().path) as zipped:
        for name, source in {
            f"shared/__pycache__/voice.{TAG}.pyc": "/var/task/shared/voice.py",
            f"idna/__pycache__/core.{TAG}.pyc": "/var/task/idna/core.py",
        }.items():
            compiled = zipped.read(name)
            assert int.from_bytes(compiled[4:8], "little") == 0b01  # by hash, unchecked (PEP 552)
            assert marshal.loads(compiled[PYC_HEADER:]).co_filename == source


def test_the_same_tree_gives_the_same_bytes_in_another_folder(project: Project, tmp_path: Path) -> None:
    """By the deployed Python, where it is."""
    target = Target.deployed("arm64") if pythons.find(PYTHON) else Target.here()
    other = project_of(tmp_path / "elsewhere" / "project", locked(ROOT / "requirements.txt", target.markers))
    assert project.build(target).path.read_bytes() == other.build(target).path.read_bytes()


def test_what_has_not_changed_is_not_built_again(project: Project) -> None:
    project.build()
    assert project.said[-1].startswith("greet: ")
    project.write("shared/dance.py", "of another function's: not reached")
    project.build()
    assert project.said == ["greet: unchanged"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("shared/voice.py", "def say():\n    return 'hi'\n"),
        ("functions/greet/words/de/hello.txt", "Guten Tag\n"),
        ("functions/greet/words/en.txt", "Hello\n"),
    ],
)
def test_a_change_of_whatever_it_holds_is_built(project: Project, name: str, text: str) -> None:
    before = project.build().digest
    project.write(name, text)
    assert project.build().digest != before


def test_another_lock_is_built_anew_and_the_packages_of_the_one_before_go(project: Project) -> None:
    project.build()
    lock = (project.root / "requirements.txt").read_text("utf-8")
    more = f"{lock.splitlines()[0]}\n    --hash=sha256:{64 * '0'} \\"
    project.write("requirements.txt", lock.replace(lock.splitlines()[0], more, 1))
    project.build()
    assert project.said[-1] != "greet: unchanged"
    assert len(list((project.root / building.PACKAGES / Target.here().name).iterdir())) == 1


def test_another_release_of_the_deployed_python_builds_anew() -> None:
    """Its bytecode may be another, and its zlib."""
    assert len({identity.of_builder(Target.here(), version) for version in ("3.13.0", "3.13.1")}) == 2


@pytest.mark.skipif(pythons.find(PYTHON) is None, reason="what is deployed is compiled by the Python that is deployed")
def test_what_is_compiled_is_for_the_processor_of_the_target_whatever_builds_it(tmp_path: Path) -> None:
    lock = locked(ROOT / "requirements.txt", Target.deployed("arm64").markers)
    project = project_of(tmp_path / "project", lock)
    project.write("requirements.txt", lock["pystemmer"])
    project.write("functions/greet/requirements.txt", "pystemmer\n")
    project.write("functions/greet/handler.py", "import Stemmer\n")
    for architecture, machine in MACHINES.items():
        with ZipFile(project.build(Target.deployed(architecture)).path) as zipped:
            compiled = [zipped.read(name) for name in zipped.namelist() if name.endswith(".so")]
        assert [int.from_bytes(one[18:20], "little") for one in compiled] == [machine]


def test_a_zip_that_is_not_the_one_that_was_written_is_built_again(project: Project) -> None:
    artifact = project.build()
    whole = artifact.path.read_bytes()
    artifact.path.write_bytes(whole[:-1])
    assert project.build() == artifact
    assert artifact.path.read_bytes() == whole


def test_a_build_that_breaks_off_leaves_what_was_there(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    before = project.build()
    project.write("shared/voice.py", "def say(): ...\n")
    with monkeypatch.context() as broken:
        broken.setattr(building, "demand_within", _break_off)
        with pytest.raises(KeyboardInterrupt):
            project.build()
    assert sorted(path.name for path in project.out.iterdir()) == ["greet.zip", "manifest.json"]
    assert before.digest in (project.out / "manifest.json").read_text("utf-8")
    assert project.build().digest != before.digest


def _break_off(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_manifest_says_what_was_built_for_what(project: Project) -> None:
    artifact = project.build()
    told = json.loads((project.out / "manifest.json").read_text("utf-8"))
    assert told["target"] == {
        "name": "here",
        "python": ".".join(map(str, sys.version_info[:3])),
        "deployed": False,
    }
    line = told["functions"]["greet"]
    assert (line["digest"], line["zipped"]) == (artifact.digest, artifact.path.stat().st_size)
    assert list(line["distributions"]) == ["idna"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("functions/greet/handler.py", "import certifi.core", "certifi.core is imported, so add the line certifi"),
        ("functions/greet/handler.py", "import shared.voice", "nothing of idna is imported, so delete its line"),
        ("functions/greet/handler.py", "import idna, lxml", "lxml is imported, and no locked distribution holds it"),
        ("functions/greet/requirements.txt", "idna==3", "says more than a name"),
        ("shared/voice.py", "def say(:", "voice.py, line 1 is no Python"),
        (
            "serverless.yml",
            "functions: {greet: {handler: functions.greet.gone.handler}}",
            "no module functions.greet.gone",
        ),
        ("requirements.txt", "idna==3.20 --hash=sha256:" + 64 * "0", "could not be installed: .*hash"),
        ("requirements.txt", "idna==3.20", "could not be installed: .*hash"),
    ],
)
def test_what_is_wrong_is_refused_in_words(project: Project, name: str, text: str, told: str) -> None:
    project.write(name, text)
    with pytest.raises(CannotBuild, match=f"(?is){told}"):
        project.build()


def test_a_pattern_that_names_nothing_is_refused(project: Project) -> None:
    shutil.rmtree(project.root / "functions/greet/words")
    with pytest.raises(CannotBuild, match="there is nothing that"):
        project.build()


def test_without_the_deployed_python_there_is_no_deployable_build(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.artifacts.pythons.find", lambda _: None)
    with pytest.raises(CannotBuild, match=r"this needs Python 3\.13"):
        project.build(Target.deployed("arm64"))
