"""The bundle as several deploys would ship it: ours with the job `greet` in it, in one version or the other.

    one        payload and cursor of version 1
    between    reads version 2, still writes version 1
    two        reads and writes version 2

A tree is links to this one, so that nothing is copied or compiled again.
"""

import shutil
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
JOBS: Final = Path(__file__).with_name("jobs")


def plant(folder: Path, version: str) -> Path:
    """The tree of a version, in a folder of its own."""
    root = folder / version
    (root / "functions").mkdir(parents=True)
    (root / "shared").symlink_to(ROOT / "shared")
    for entry in (ROOT / "functions").iterdir():
        if entry.name != "__pycache__":
            (root / "functions" / entry.name).symlink_to(entry)
    greet = root / "functions" / "greet"
    shutil.copytree(JOBS / ("one" if version == "one" else "two"), greet, ignore=shutil.ignore_patterns("__pycache__"))
    if version == "between":
        contract = greet / "contract.py"
        said = contract.read_text("utf-8")
        assert said.count("    version=2,\n") == 1
        contract.write_text(said.replace("    version=2,\n", "    version=2,\n    writes=1,\n"), "utf-8")
    return root
