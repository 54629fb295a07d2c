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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.servers import bucket, mongo, objects
from shared.collections import ensure
from shared.config import MongoSettings, StorageSettings
from shared.database import connect
from tests.benchmarks import cold_import, delivery, memory, presigning, qstash, signatures
from tests.benchmarks.cold_start import measure as cold_start
from tests.benchmarks.extracting import measure as extracting
from tests.benchmarks.figures import FULL, QUICK, Effort, Row
from tests.benchmarks.round_trips import measure as round_trips
from tests.benchmarks.searching import measure as searching
from tests.benchmarks.typesetting import measure as typesetting

LOCAL: Final = Path(__file__).parents[2] / ".local"


@dataclass(frozen=True, slots=True)
class Servers:
    mongodb: str
    qstash: str
    storage: StorageSettings


@contextmanager
def servers() -> Iterator[Servers]:
    """A MongoDB (our own, or the one that MONGODB_URI names), a local QStash, and object storage."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        mongodb = os.environ.get("MONGODB_URI")
        if not mongodb:
            own = mongo.start(folder / "mongo", log_dir=folder, throw_away=True)
            running.callback(own.stop)
            mongodb = own.uri
        command = processes.module("infra.local.qstash", "--state", str(folder / "qstash"))
        child = processes.start("qstash", command, log_dir=folder)
        running.callback(child.stop)
        store = objects.start(
            folder / "objects", log_dir=folder, access_key=bucket.ACCESS_KEY, secret_key=bucket.SECRET_KEY
        )
        running.callback(store.kill)
        bucket.make(store.endpoint, {})
        yield Servers(mongodb, f"http://{LOOPBACK}:{child.port}", bucket.settings(store.endpoint))


async def measured(effort: Effort, at: Servers, say: Callable[[str], None]) -> list[Row]:
    name = f"bench_{secrets.token_hex(6)}"
    database = connect(MongoSettings(stage="local", mongodb_uri=SecretStr(at.mongodb), mongodb_database=name))
    await ensure(database)
    try:
        return [
            *await cold_start.measure(effort, say),
            *await cold_import.measure(effort),
            *await signatures.measure(effort),
            *await delivery.measure(effort, database),
            *await qstash.delivering(effort, at.qstash),
            *await qstash.enqueuing(effort, database, at.qstash),
            *await presigning.measure(effort, at.storage),
            *await memory.measure(effort, at.storage, mongodb=at.mongodb, database=name),
            *await extracting.measure(effort),
            *await typesetting.measure(effort),
            *await searching.measure(effort, at.storage, mongodb=at.mongodb),
            *await round_trips.measure(effort),
        ]
    finally:
        await database.client.drop_database(name)
        database.client.close()


def table(rows: list[Row], effort: Effort) -> str:
    lines = [f"{'what':40} {'median':>20}    {'beside':40} {'median':>20} {'ratio':>8}"]
    for one in rows:
        peer = "not installed" if one.peer is None else f"{one.peer:8.1f} {one.unit:>11}"
        ratio = "-" if one.ratio is None else f"{one.ratio:.2f}"
        lines.append(f"{one.what:40} {one.subject:8.1f} {one.unit:>11}    {one.beside:40} {peer:>20} {ratio:>8}")
    return "\n".join([*lines, f"{effort.rounds} round(s), in turns; Python {sys.version.split()[0]}"])


def markdown(rows: list[Row]) -> str:
    lines = ["| What | Beside | Median | Its median | Ratio |", "|---|---|---:|---:|---:|"]
    for one in rows:
        peer, ratio = one.peer or 0.0, one.ratio or 0.0
        medians = f"{one.subject:.0f} {one.unit} | {peer:.0f} {one.unit}"
        lines.append(f"| {one.what} | {one.beside} | {medians} | {ratio:.2f} |")
    return "\n".join(lines)


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
    parser.add_argument(
        "--documents", type=int, action="append", default=[], help="search among so many as well (500000 takes long)"
    )
    parser.add_argument("--cold", action="store_true", help="the cold starts alone, as the table of docs/benchmarks.md")
    options = parser.parse_args()
    say = partial(print, file=sys.stderr)
    effort = QUICK if options.quick else FULL
    effort = replace(effort, library=(*effort.library, *options.documents))
    if options.cold:
        print(markdown(asyncio.run(cold_start.measure(effort, say))))  # noqa: T201 - it is a command
        return
    with servers() as running:
        rows = asyncio.run(measured(effort, running, say))
    written(rows, options.json or LOCAL / ("bench.quick.json" if options.quick else "bench.json"))
    print(table(rows, effort))  # noqa: T201 - it is a command


if __name__ == "__main__":
    main()
