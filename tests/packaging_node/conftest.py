"""Every stage as osls packages it, once, in a folder of its own; only the suite that has Node runs these."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.packaging_node.packaged import STAGES, Packaged

ROOT: Final = Path(__file__).parents[2]
LINKED: Final = ("infra", "functions", "shared", "requirements.txt")
STAND_IN: Final = Path(__file__).parent / "stand_in"


@pytest.fixture(scope="session", autouse=True)
def osls() -> None:
    """Installed, with this machine's settings for npm."""
    subprocess.run(["sh", "infra/packaging/osls.sh", "--version"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def packaged(osls: None, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Packaged]:
    """By stage, packaged side by side, with a stand-in for the artifacts' build."""
    folders = {stage: tree(tmp_path_factory.mktemp(stage), STAND_IN) for stage in STAGES}
    for process in [package(stage, folder) for stage, folder in folders.items()]:
        said, _ = process.communicate()
        assert process.returncode == 0, said
    return {stage: Packaged(folder) for stage, folder in folders.items()}


@pytest.fixture(scope="session")
def checkov() -> Path:
    """In the environment of infra/checks/requirements.txt, which is made here if it is not there yet."""
    subprocess.run(["sh", "infra/checks/venv.sh"], cwd=ROOT, check=True)
    return ROOT / ".local" / "checks" / "bin" / "checkov"


def tree(folder: Path, venv: Path) -> Path:
    """A tree that is linked to ours, but for its `.venv` and its artifacts."""
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv").symlink_to(venv)
    shutil.copy(ROOT / "serverless.yml", folder)
    return folder


def package(stage: str, folder: Path, verb: str = "package", **more: str) -> "subprocess.Popen[str]":
    """Osls on a machine that knows nobody: no home, no credentials, no metadata of an instance."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true", **more}
    command = ["sh", "infra/packaging/osls.sh", verb, "--stage", stage]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
