"""The benchmarks run; what they measure is for people to read, so no time is asserted."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.cold_start.rows import SHOWN

ROOT = Path(__file__).parents[3]
UNIT = r"(ms|us|/s|kB|MB|MB/s|documents/s|round trips)"
NUMBERS = re.compile(rf"\d+\.\d +{UNIT} .* (\d+\.\d +{UNIT} +\d+\.\d\d|(weasyprint|LanceDB).* not installed +-)$")
IN_NO_LOCK = ("weasyprint", "LanceDB")

EXPECTED = [
    "cold start of send_email, beside a bare handler",
    "cold start of send_email, a mail, beside a bare handler",
    "send_email, a mail, restored, beside its cold start",
    "send_email, a mail: its claim, beside a bare handler",
    "memory of send_email, beside a bare handler",
    "memory of send_email, a mail, beside a bare handler",
    "unzipped send_email, beside Lambda's limit",
    *(f"imports of send_email: {name}, beside all of them" for name in SHOWN),
    *(f"cold import of send_email, beside {peer}" for peer in ("bare interpreter", "all of requirements.txt")),
    "one verification, beside qstash.Receiver alone",
    "one delivery, beside two bare find_one_and_update",
    "messages through local QStash, beside one httpx client in a loop",
    "enqueue_many(50), beside 50 x enqueue",
    "presign_put, beside boto3 generate_presigned_url",
    "presign_get, beside boto3 generate_presigned_url",
    "memory: claim, 1 MB, beside boto3 get_object().read()",
    "text of PDF, beside pypdf",
    "text of DOCX, beside python-docx, paragraphs alone",
    "text of HTML, beside lxml text_content",
    "text of HTML, beside bare read and decode",
    "text of plain text, beside charset-normalizer",
    "text of plain text, beside bare read and decode",
    *(
        f"PDF, {what}, beside {peer}"
        for what in ("table of 10 lines", "table of 60 lines", "a fresh process's first")
        for peer in ("reportlab", "weasyprint")
    ),
    "sync, commits of 200, beside PostgreSQL",
    *(
        f"{row}: {kind}, 300, {part}, beside {peer}"
        for kind in ("word", "two words", "phrase", "prefix", "typo", "facets")
        for part in ("p50", "p95")
        for row, peer in (("search", "PostgreSQL"), ("in the engine", "PostgreSQL"), ("in the engine", "LanceDB"))
        if peer != "LanceDB" or kind not in {"prefix", "facets"}
    ),
    "first search of a process, 300, beside PostgreSQL",
    "fetched by it, 300, beside the words that are in it",
    "one change, 300, beside PostgreSQL",
    "a reader's next search, 300, beside PostgreSQL",
    "fetched for it, 300, median, beside the whole index",
    "fetched for it, 300, most, beside the whole index",
]
PAIRS = [
    ("upstash-redis GET", "redis-py GET: the REST hop"),
    ("Redis.call", "upstash-redis GET"),
    ("Redis.run", "upstash-redis EVALSHA"),
    ("cache hit", "cashews"),
    ("cache hit", "cashews with its lock"),
    ("cache miss", "cashews"),
    ("cache miss", "cashews with its lock"),
    ("rate limit", "upstash-ratelimit"),
    ("lock: acquire and release", "redis-py Lock"),
    ("counter: add", "cashews incr"),
    ("quota: take", "upstash-ratelimit, no tokens"),
    ("idempotent request", "Powertools"),
    ("its replay", "Powertools"),
    ("bulkhead: a place and back", "redis-py Lock: one place"),
    ("breaker, closed: one guard", "cashews circuit_breaker"),
]


@pytest.mark.timeout(600)
def test_the_quick_benchmarks_print_and_write_every_row_with_its_peer_and_ratio(tmp_path: Path) -> None:
    file = tmp_path / "new" / "bench.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--quick", "--json", str(file)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    header, *rows, footer = done.stdout.splitlines()
    assert header.split() == ["what", "median", "beside", "median", "ratio"]
    assert footer.startswith("1 round(s)")
    assert all(NUMBERS.search(one) for one in rows)
    records = json.loads(file.read_text())
    trips = [
        f"{what}, {each}, beside {peer}" for what, peer in PAIRS for each in ("1 ms", "5 ms", "30 ms", "round trips")
    ]
    assert [one["name"] for one in records] == EXPECTED + trips
    assert [re.split(r"  +", one)[0].strip() for one in rows] == [one["name"].split(", beside ")[0] for one in records]
    for one in records:
        assert one.keys() == {"name", "value", "unit", "baseline", "ratio"}
        assert one["value"] >= 0
        if one["baseline"] is None:  # never a made-up figure of a peer that is not there
            assert one["name"].endswith(IN_NO_LOCK)
            assert one["ratio"] is None
        else:
            assert one["ratio"] == one["value"] / one["baseline"]
