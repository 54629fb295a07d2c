"""What must stay fast, each figure beside a peer of the same run: `make bench`, or with --quick as a smoke test.

No figure is asserted anywhere. A ratio that has moved since the last release is what to look at.
"""

import argparse
import asyncio
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.servers import mongo
from shared.collections import ensure
from shared.config import MongoSettings
from shared.database import connect
from tests.benchmarks import cold_import, delivery, qstash, signatures
from tests.benchmarks.figures import FULL, QUICK, Effort, Row


@contextmanager
def servers() -> Iterator[tuple[str, str]]:
    """The URIs of a MongoDB (our own, or the one that MONGODB_URI names) and of a local QStash."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = os.environ.get("MONGODB_URI")
        running = None if given else mongo.start(folder / "mongo", log_dir=folder, throw_away=True)
        command = processes.module("infra.local.qstash", "--state", str(folder / "qstash"))
        child = processes.start("qstash", command, log_dir=folder)
        try:
            yield given or (running.uri if running else ""), f"http://{LOOPBACK}:{child.port}"
        finally:
            child.stop()
            if running:
                running.stop()


async def measured(effort: Effort, mongodb: str, qstash_url: str) -> list[Row]:
    name = f"bench_{secrets.token_hex(6)}"
    database = connect(MongoSettings(stage="local", mongodb_uri=SecretStr(mongodb), mongodb_database=name))
    await ensure(database)
    try:
        return [
            *await cold_import.measure(effort),
            *await signatures.measure(effort),
            *await delivery.measure(effort, database),
            *await qstash.delivering(effort, qstash_url),
            *await qstash.enqueuing(effort, database, qstash_url),
        ]
    finally:
        await database.client.drop_database(name)
        database.client.close()


def table(rows: list[Row], effort: Effort) -> str:
    lines = [f"{'what':32} {'median':>12}    {'beside':30} {'median':>12} {'ratio':>8}"]
    for one in rows:
        figures = f"{one.what:32} {one.subject:9.1f} {one.unit:>2}    {one.beside:30} {one.peer:9.1f} {one.unit:>2}"
        lines.append(f"{figures} {one.ratio:8.2f}")
    return "\n".join([*lines, f"{effort.rounds} round(s), in turns; Python {sys.version.split()[0]}"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small round: shows that everything runs")
    effort = QUICK if parser.parse_args().quick else FULL
    with servers() as (mongodb, qstash_url):
        rows = asyncio.run(measured(effort, mongodb, qstash_url))
    print(table(rows, effort))  # noqa: T201 - it is a command


if __name__ == "__main__":
    main()
