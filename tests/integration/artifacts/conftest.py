"""A project of one function that is built in a second."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from infra.artifacts import Artifact, Target, build
from infra.artifacts.building import PACKAGES
from infra.artifacts.lock import locked

ROOT: Final = Path(__file__).parents[3]
FILES: Final = {
    "serverless.yml": """
functions:
  greet:
    handler: functions.greet.handler.handler
    package:
      patterns:
        - functions/greet/words/**
        - "!functions/greet/words/*.md"
""",
    "functions/__init__.py": "",
    "functions/greet/__init__.py": "",
    "functions/greet/handler.py": "import idna\nfrom shared.voice import say\n\n\ndef handler(*_):\n    return say()\n",
    "functions/greet/requirements.txt": "idna\n",
    "functions/greet/words/de/hello.txt": "Hallo\n",
    "functions/greet/words/sources.md": "whence they are\n",
    "shared/__init__.py": "",
    "shared/voice.py": "def say():\n    return 'hello'\n",
    "shared/dance.py": "",
}


@dataclass
class Project:
    """`greet` imports idna and shared.voice, and reads a word."""

    root: Path
    out: Path
    said: list[str] = field(default_factory=list)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def build(self, target: Target | None = None) -> Artifact:
        self.said.clear()
        made = build(None, target or Target.here(), out=self.out, say=self.said.append, root=self.root)
        return made["greet"]


def project_of(root: Path, lock: Mapping[str, str]) -> Project:
    project = Project(root, root / "out")
    for name, text in FILES.items():
        project.write(name, text)
    project.write("requirements.txt", f"{lock['idna']}\n{lock['certifi']}\n")
    return project


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the packages of all these projects lie, which have one lock."""
    return tmp_path_factory.mktemp("packages")


@pytest.fixture
def project(tmp_path: Path, installed: Path) -> Project:
    project = project_of(tmp_path / "project", locked(ROOT / "requirements.txt", Target.here().markers))
    (project.root / PACKAGES).parent.mkdir(parents=True)
    (project.root / PACKAGES).symlink_to(installed)
    return project
