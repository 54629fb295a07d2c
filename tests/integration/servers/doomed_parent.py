"""A parent for test_processes.py to kill: starts each kind of child, says their process ids, and waits."""

import sys
import time
from pathlib import Path

from infra.local import processes
from infra.local.servers import mongo, redis


def main(directory: Path) -> None:
    children = [
        redis.start(directory / "redis", log_dir=directory).child,
        mongo.start(directory / "mongo", log_dir=directory, throw_away=True).child,
        processes.start("line", [sys.executable, "-u", "-c", SLEEPER], log_dir=directory),
    ]
    sys.stdout.write(" ".join(str(child.pid) for child in children) + "\n")
    sys.stdout.flush()
    time.sleep(60)


SLEEPER = "import time; print('ready 1'); time.sleep(60)"

if __name__ == "__main__":
    main(Path(sys.argv[1]))
