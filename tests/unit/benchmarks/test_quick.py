"""The benchmarks run; what they measure is for people to read, so no time is asserted."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))
NUMBERS = re.compile(r"\d+\.\d (ms|us|/s) .* \d+\.\d (ms|us|/s) +\d+\.\d\d$")


def test_the_quick_benchmarks_print_every_row_with_its_peer_and_ratio() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--quick"], capture_output=True, text=True, cwd=ROOT, check=False
    )

    assert done.returncode == 0, done.stderr
    header, *rows, footer = done.stdout.splitlines()
    assert header.split() == ["what", "median", "beside", "median", "ratio"]
    assert footer.startswith("1 round(s)")
    expected = [
        *(f"cold import of {name}" for name in FUNCTIONS for _ in range(2)),
        "one verification",
        "one delivery",
        "messages through local QStash",
        "enqueue_many(50)",
    ]
    assert [re.split(r"  +", one)[0].strip() for one in rows] == expected
    assert all(NUMBERS.search(one) for one in rows)
