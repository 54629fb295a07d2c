"""A copy of the bundle with the job of docs/adding-a-job.md in it, on a local stack of its own."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pymongo import MongoClient
from pymongo.database import Database

from tests.integration.example.page import ROOT, make_copy
from tests.integration.example.visitor import Visitor

OURS: Final = ("UPSTASH_REDIS_REST_URL", "QSTASH_URL", "QSTASH_TOKEN", "RESEND_API_URL", "STORAGE_ENDPOINT", "AI_URL")
"""Always the local servers here: a hosted one can't call this machine."""
DRIVER: Final = Path(__file__).with_name("drive.py")
COMPLETENESS: Final = Path("tests/unit/house/completeness.py")


@dataclass(frozen=True)
class Copy:
    root: Path
    missing: list[str]
    visitor: Visitor
    database: Database[dict[str, Any]]

    def reload(self) -> None:
        """Functions read their sources again."""
        self.visitor.http.post(f"{self.visitor.urls['host']}/local/reload").raise_for_status()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    root = tmp_path_factory.mktemp("bundle")
    make_copy(root)
    shutil.copy(DRIVER, root)
    (root / COMPLETENESS).parent.mkdir(parents=True)
    shutil.copy(ROOT / COMPLETENESS, root / COMPLETENESS)
    name = f"example_{secrets.token_hex(4)}"
    environ = {key: value for key, value in os.environ.items() if key not in OURS} | {"MONGODB_DATABASE": name}
    with (
        (root / "drive.log").open("w") as log,
        subprocess.Popen(
            [sys.executable, DRIVER.name],
            cwd=root,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        ) as driver,
    ):
        assert driver.stdout
        line = driver.stdout.readline()
        assert line, (root / "drive.log").read_text("utf-8")
        said = json.loads(line)
        assert said["root"] == str(root)
        with httpx.Client(timeout=30) as http, MongoClient[dict[str, Any]](said["urls"]["mongodb"]) as mongo:
            visitor = Visitor(said["urls"], http, "ada@example.com")
            yield Copy(root, said["missing"], visitor, mongo[name])
            mongo.drop_database(name)
