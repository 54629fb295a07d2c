"""What must stay fast, each figure beside a peer of the same run: `make bench`, or with --quick as a smoke test.

No figure is asserted anywhere. A ratio that has moved since the last release is what to look at.
"""

import argparse
import asyncio
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.servers import mongo
from shared.collections import ensure
from shared.config import MongoSettings
from shared.database import connect
from tests.benchmarks import cold_import, delivery, qstash, signatures
from tests.benchmarks.figures import FULL, QUICK, Effort, Row
from tests.benchmarks.round_trips import measure as round_trips

LOCAL: Final = Path(__file__).parents[2] / ".local"


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
            *await round_trips.measure(effort),
        ]
    finally:
        await database.client.drop_database(name)
        database.client.close()


def table(rows: list[Row], effort: Effort) -> str:
    lines = [f"{'what':40} {'median':>20}    {'beside':40} {'median':>20} {'ratio':>8}"]
    for one in rows:
        figures = f"{one.what:40} {one.subject:8.1f} {one.unit:>11}    {one.beside:40} {one.peer:8.1f} {one.unit:>11}"
        lines.append(f"{figures} {one.ratio:8.2f}")
    return "\n".join([*lines, f"{effort.rounds} round(s), in turns; Python {sys.version.split()[0]}"])


def written(rows: list[Row], file: Path) -> None:
    """One object a row; the peer stands in its name, as some operations have two."""
    records = [
        {
            "name": f"{one.what}, beside {one.beside}",
            "value": one.subject,
            "unit": one.unit,
            "baseline": one.peer,
            "ratio": one.ratio,
        }
        for one in rows
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(records, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small round: shows that everything runs")
    parser.add_argument("--json", type=Path, help="where the rows go (.local/bench.json, or bench.quick.json)")
    options = parser.parse_args()
    effort = QUICK if options.quick else FULL
    with servers() as (mongodb, qstash_url):
        rows = asyncio.run(measured(effort, mongodb, qstash_url))
    written(rows, options.json or LOCAL / ("bench.quick.json" if options.quick else "bench.json"))
    print(table(rows, effort))  # noqa: T201 - it is a command


if __name__ == "__main__":
    main()
