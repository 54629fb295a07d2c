"""A function that runs from its zip has that zip's files, AWS's runtime client and the standard library, no more."""

import stat
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile, ZipInfo

import pytest

from infra.local.lambda_host import runtime as runtime_module
from infra.local.lambda_host import unpacking
from infra.local.lambda_host.runtime import LOCK, NoRuntime, Runtime, runtime_of
from infra.local.lambda_host.unpacking import BadArtifact, unpack, unpacked
from infra.local.processes import StartError, module, start
from tests.integration.lambda_host.conftest import ROOT, Start

FILE: Final = stat.S_IFREG | 0o644
HERE: Final = "{}.{}".format(*sys.version_info)
CLIENT: Final = {"awslambdaric", "simplejson", "snapshot-restore-py"}


@pytest.fixture
def runtime() -> Runtime:
    return runtime_of(Path(sys.executable))


@pytest.fixture
def roots(tmp_path: Path) -> Iterator[dict[str, Path]]:
    made(tmp_path / "f.zip", alone_py=(ROOT / "alone.py").read_text())
    with unpacked(tmp_path, ["f"], beside=tmp_path / "state") as folders:
        yield folders


def made(archive: Path, *, mode: int = FILE, **files: str) -> Path:
    """A zip; in a file's name `_py` is `.py`."""
    with ZipFile(archive, "w") as zipped:
        for name, text in files.items():
            entry = ZipInfo(name.replace("_py", ".py"))
            entry.external_attr = mode << 16
            zipped.writestr(entry, text)
    return archive


async def test_a_function_and_its_children_see_nothing_but_the_zip_and_the_client(
    start: Start, roots: dict[str, Path], runtime: Runtime
) -> None:
    """Neither what is installed for development nor the tree; and no boto3, since AWS's own copy is not relied on."""
    hosted = await start("alone.look", settings={"roots": roots, "runtime": runtime})
    seen: dict[str, Any] = (await hosted.call("?alone,awslambdaric,pytest,infra,shared,boto3,pip,uv")).json()
    assert seen["found"] == ["alone", "awslambdaric"]
    assert seen["child"] == ["awslambdaric"]
    assert seen["path"][0] == seen["cwd"] == seen["environment"]["LAMBDA_TASK_ROOT"] == str(roots["f"])


async def test_a_function_is_told_which_python_runs_it(start: Start, roots: dict[str, Path], runtime: Runtime) -> None:
    hosted = await start("alone.look", settings={"roots": roots, "runtime": runtime})
    seen: dict[str, Any] = (await hosted.call("?alone")).json()
    assert seen["environment"]["AWS_EXECUTION_ENV"] == f"AWS_Lambda_python{HERE}"
    assert runtime.version == HERE == "{}.{}".format(*seen["version"])


def test_the_client_is_the_locked_one_and_what_it_requires(runtime: Runtime) -> None:
    home = runtime.python.parents[1]
    found = {one.name: one.version for one in distributions(path=[str(home / f"lib/python{HERE}/site-packages")])}
    assert found.keys() == CLIENT
    assert all(f"\n{name}=={version} " in LOCK.read_text() for name, version in found.items())


def test_a_runtime_is_made_once_even_by_two_hosts_that_start_together(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(lambda _: runtime_of(Path(sys.executable), tmp_path), range(2)))
    [home] = tmp_path.iterdir()
    assert {one.python for one in made} == {home / "bin/python"}
    written = home.stat().st_ctime_ns
    assert runtime_of(Path(sys.executable), tmp_path) == made[0]
    assert home.stat().st_ctime_ns == written


def test_a_client_that_is_not_the_locked_one_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lock").write_text(f"awslambdaric==4.2.2 --hash=sha256:{64 * '0'}\n")
    monkeypatch.setattr(runtime_module, "LOCK", tmp_path / "lock")
    with pytest.raises(NoRuntime, match=r"(?i)hash"):
        runtime_of(Path(sys.executable), tmp_path / "homes")
    assert list((tmp_path / "homes").iterdir()) == []


def test_another_lock_makes_another_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime_module, "_make", lambda *_: None)
    before = runtime_of(Path(sys.executable), tmp_path)
    (tmp_path / "lock").write_text("awslambdaric==5\n")
    monkeypatch.setattr(runtime_module, "LOCK", tmp_path / "lock")
    assert runtime_of(Path(sys.executable), tmp_path) != before


def test_what_is_no_python_is_refused_in_one_line() -> None:
    with pytest.raises(NoRuntime, match=r"^no Python to run functions under: .*/nowhere"):
        runtime_of(Path("/nowhere/python"))


def test_nothing_in_the_folder_may_be_written(roots: dict[str, Path]) -> None:
    paths = [roots["f"], *roots["f"].rglob("*")]
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o555, 0o444]


def test_a_file_of_one_function_is_not_taken_for_anothers_of_the_same_name_and_size(tmp_path: Path) -> None:
    texts = {"f": "123", "g": "456"}
    for name, text in texts.items():
        made(tmp_path / f"{name}.zip", a=text)
    with unpacked(tmp_path, texts, beside=tmp_path / "state") as folders:
        assert {name: (folder / "a").read_text() for name, folder in folders.items()} == texts


def test_the_folders_go_when_the_host_does(tmp_path: Path) -> None:
    made(tmp_path / "f.zip", a_py="")
    with unpacked(tmp_path, ["f"], beside=tmp_path / "state"):
        pass
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "mode", "why"),
    [
        ("../a", FILE, "outside of its folder"),
        ("b/../../a", FILE, "outside of its folder"),
        ("/a", FILE, "outside of its folder"),
        ("a", stat.S_IFLNK | 0o777, "no plain file"),
        ("a", stat.S_IFREG | 0o640, "Lambda's user may not read"),
    ],
)
def test_what_lambda_would_not_run_is_refused(tmp_path: Path, name: str, mode: int, why: str) -> None:
    archive = made(tmp_path / "f.zip", mode=mode, **{name: "x"})
    with pytest.raises(BadArtifact, match=why):
        unpack(archive, tmp_path / "f")
    assert not (tmp_path / "f").exists()


def test_more_than_lambda_takes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "LIMIT", 5)
    archive = made(tmp_path / "f.zip", a="123", b="456")
    with pytest.raises(BadArtifact, match="6 bytes unzipped, 5 are Lambda's limit"):
        unpack(archive, tmp_path / "f")


def test_half_a_zip_is_refused(tmp_path: Path) -> None:
    archive = made(tmp_path / "f.zip", a="123")
    archive.write_bytes(archive.read_bytes()[:-10])
    with pytest.raises(BadArtifact, match="no sound zip"):
        unpack(archive, tmp_path / "f")


def test_a_zip_of_which_one_byte_is_another_is_refused_or_read_as_it_was(tmp_path: Path) -> None:
    archive = made(tmp_path / "f.zip", a="123456789")
    whole, found = archive.read_bytes(), set[str]()
    for place in range(len(whole)):
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 0x81]) + whole[place + 1 :])
        with suppress(BadArtifact):
            unpack(archive, tmp_path / str(place))
            found |= {path.read_text() for path in (tmp_path / str(place)).iterdir()}
    assert found == {"123456789"}


def test_a_disk_that_can_not_be_written_is_a_reason_in_one_line(tmp_path: Path) -> None:
    archive = made(tmp_path / "f.zip", a="123")
    (tmp_path / "file").touch()
    with pytest.raises(BadArtifact, match="can't be unpacked"):
        unpack(archive, tmp_path / "file" / "f")


def test_a_zip_that_is_not_there_is_one_line_and_a_failure(tmp_path: Path) -> None:
    functions = "functions:\n  job: {handler: alone.look, timeout: 3, memorySize: 128, url: true}\n"
    provider = "provider: {name: aws, runtime: python3.13, region: eu-west-1}\n"
    (tmp_path / "serverless.yml").write_text(f"service: demo\n{provider}{functions}")
    options = ("--root", str(tmp_path), "--log-dir", str(tmp_path / "logs"), "--artifacts", str(tmp_path))
    with pytest.raises(StartError) as caught:
        start("lambda_host", module("infra.local.lambda_host", *options), log_dir=tmp_path)
    assert (caught.value.status, caught.value.tail.count("\n")) == (1, 1)
    assert caught.value.tail.startswith(f"there is no {tmp_path}/job.zip: python -m infra build")
