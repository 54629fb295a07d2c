"""What locks, counters and bulkheads cost a cold start."""

import subprocess
import sys


def test_they_import_no_mongodb_driver() -> None:
    """Only `shared.locks.fenced` does."""
    code = "import sys, shared.locks, shared.counters, shared.bulkheads; sys.exit('motor' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
