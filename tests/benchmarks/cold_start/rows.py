"""The cold starts' rows: what was measured of each function, beside which peer."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from infra.artifacts import Artifact
from tests.benchmarks.cold_start.imports import Imports
from tests.benchmarks.cold_start.start import Started
from tests.benchmarks.figures import Row, row

MAIL: Final = "send_email"
A_MAIL: Final = "send_email, a mail"
RESTORED: Final = "send_email, a mail, restored"
BARE: Final = "a bare handler"
USUAL: Final = "the usual handler"
COMPILED: Final = "the usual handler, compiled"
UNZIPPED: Final = "Lambda's limit"
MB: Final = 1_000_000
LIMIT: Final = 250 * MB
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
SHOWN: Final = ("Python's own", "shared", "functions", "pydantic", "pydantic_core", "pymongo", "bson", "motor", "jwt")
"""Packages whose imports have a row."""


def starts(started: Mapping[str, Sequence[Started]]) -> list[Row]:
    """From the process's start on: to the first answer, and to the claim; and the most memory that it took."""
    bare, usual = started[BARE], [name for name in (USUAL, COMPILED) if name in started]
    ours = [name for name in started if name not in {BARE, USUAL, COMPILED, RESTORED}]
    rows = [row(f"cold start of {name}", _answered(started[name]), "ms", BARE, _answered(bare)) for name in ours]
    if A_MAIL in started:
        mail = started[A_MAIL]
        rows += [
            row(f"cold start of {A_MAIL}", _answered(mail), "ms", peer, _answered(started[peer])) for peer in usual
        ]
        rows += [row(RESTORED, _answered(started[RESTORED]), "ms", "its cold start", _answered(mail))]
        rows += [row(f"{A_MAIL}: its claim", _claimed(mail), "ms", BARE, _answered(bare))]
        rows += [row(f"{A_MAIL}: its claim", _claimed(mail), "ms", peer, _claimed(started[peer])) for peer in usual]
    rows += [Row(f"memory of {name}", _peak(started[name]), "MB", BARE, _peak(bare)) for name in ours]
    if A_MAIL in started:
        rows += [Row(f"memory of {A_MAIL}", _peak(started[A_MAIL]), "MB", peer, _peak(started[peer])) for peer in usual]
    return rows


def sizes(artifacts: Iterable[Artifact], usual: Path | None, unpacked: Path | None) -> list[Row]:
    """What is fetched and unpacked before anything runs; the usual handler's, where there is one."""
    rows = []
    for one in artifacts:
        rows.append(Row(f"unzipped {one.name}", one.unzipped / MB, "MB", UNZIPPED, LIMIT / MB))
        if one.name == MAIL and usual is not None and unpacked is not None:
            rows.append(Row(f"unzipped {one.name}", one.unzipped / MB, "MB", USUAL, _size(unpacked) / MB))
            rows.append(Row(f"zip of {one.name}", one.zipped / MB, "MB", USUAL, usual.stat().st_size / MB))
    return rows


def of_imports(ours: Imports, usual: Imports | None) -> list[Row]:
    """The mail's imports, all of them and the packages that take longest, each beside the sum of all."""
    rows = [] if usual is None else [Row("imports of send_email", ours.total, "ms", COMPILED, usual.total)]
    return rows + [
        Row(f"imports of send_email: {name}", ours.by[name], "ms", "all of them", ours.total) for name in SHOWN
    ]


def _answered(turns: Sequence[Started]) -> float:
    return statistics.median(one.answered for one in turns)


def _claimed(turns: Sequence[Started]) -> float:
    """Raises statistics.StatisticsError where no claim was heard."""
    return statistics.median(one.claimed for one in turns if one.claimed is not None)


def _peak(turns: Sequence[Started]) -> float:
    return statistics.median(one.peak for one in turns) / MB


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
