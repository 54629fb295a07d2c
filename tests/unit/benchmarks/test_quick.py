"""The benchmarks run; what they measure is for people to read, so no time is asserted."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))
UNIT = r"(ms|us|/s|round trips)"
NUMBERS = re.compile(rf"\d+\.\d +{UNIT} .* \d+\.\d +{UNIT} +\d+\.\d\d$")

EXPECTED = [
    *(
        f"cold import of {name}, beside {peer}"
        for name in FUNCTIONS
        for peer in ("bare interpreter", "all of requirements.txt")
    ),
    "one verification, beside qstash.Receiver alone",
    "one delivery, beside two bare find_one_and_update",
    "messages through local QStash, beside one httpx client in a loop",
    "enqueue_many(50), beside 50 x enqueue",
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
        assert one["ratio"] == one["value"] / one["baseline"]
