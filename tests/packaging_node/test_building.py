"""The artifacts are built before anything is packaged, and where they can't be, nothing is."""

import os
import zipfile
from pathlib import Path

import pytest

from infra.artifacts.pythons import find
from infra.local.serverless import load_document
from tests.packaging_node.conftest import ROOT, STAND_IN, package, tree

FUNCTIONS = tuple(load_document(ROOT / "serverless.yml")["functions"])


def test_nothing_is_packaged_where_the_artifacts_can_not_be_built(tmp_path: Path) -> None:
    python = tmp_path / "failing" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho no Python 3.13\nexit 1\n", "utf-8")
    python.chmod(0o755)
    (tmp_path / "tree").mkdir()
    folder = tree(tmp_path / "tree", tmp_path / "failing")
    process = package("dev", folder)
    said, _ = process.communicate()
    assert process.returncode != 0
    assert "no Python 3.13" in said
    assert "the artifacts were not built" in said
    assert list((folder / ".serverless").glob("*.json")) == []


def test_the_local_stage_is_refused(tmp_path: Path) -> None:
    """Its keys are known to everybody, and its functions would take them."""
    names = ("MONGODB_URI", "UPSTASH_REDIS_REST_URL", "QSTASH_URL", "RESEND_API_URL", "STORAGE_ENDPOINT")
    process = package("local", tree(tmp_path, STAND_IN), **dict.fromkeys(names, "http://127.0.0.1"))
    said, _ = process.communicate()
    assert process.returncode != 0
    assert "the stage `local` is one machine and is deployed nowhere" in said


@pytest.mark.skipif(find("3.13") is None, reason="an artifact for AWS is compiled by the Python that is deployed")
def test_the_artifacts_are_those_of_the_tree(tmp_path: Path) -> None:
    """With the real build, for the architecture whose artifacts the demo runs from: they are not built twice."""
    folder = tree(tmp_path, ROOT / ".venv")
    serverless = (folder / "serverless.yml").read_text("utf-8")
    other = serverless.replace("architecture: ${self:custom.stage.ARCHITECTURE}", "architecture: x86_64")
    (folder / "serverless.yml").write_text(other, "utf-8")
    (folder / ".local").symlink_to(ROOT / ".local")
    process = package("prod", folder, HOME=os.environ["HOME"])
    said, _ = process.communicate()
    assert process.returncode == 0, said
    for name in FUNCTIONS:
        with zipfile.ZipFile(folder / ".local" / "artifacts" / "x86_64" / f"{name}.zip") as artifact:
            assert f"functions/{name}/__pycache__/handler.cpython-313.pyc" in artifact.namelist()


def test_a_deploy_finds_every_artifact_and_ends_for_want_of_credentials_alone(tmp_path: Path) -> None:
    """What it looks for on this machine it looks for before it asks AWS anything."""
    process = package("dev", tree(tmp_path, STAND_IN), verb="deploy")
    said, _ = process.communicate()
    assert "AWS provider credentials not found" in said, said
