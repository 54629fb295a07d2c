"""`search audit` and `blobs sweep`: long work, the one followed as a job, the other done here; the rest is
tests/integration/sync_search/test_commands.py.
"""

import asyncio
import json
import threading
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from functions.cleanup_blobs.progress import Progress
from infra.commands.running import CommandProcess
from infra.commands.started import waiting as waiting_runs
from shared.clock import World
from shared.runs.finish import End, finish
from shared.runs.model import State, read
from tests.conftest import Objects
from tests.integration.cleanup_blobs.bench import Bench
from tests.integration.commands.typed import Typed
from tests.support.open_storage import open_storage
from tests.support.stores import keys

FOUND = {"indexed": 1, "removed": 0, "left": 0, "compared": 7, "drifted": 0, "collected": 0, "lag": [0, 0]}


async def ended(stage: Typed, end: End) -> None:
    """As the job does it, when the command has accepted its run."""
    while (record := await stage.database.runs.find_one({"job": "sync_search"})) is None:  # noqa: ASYNC110 - the event is in the store
        await asyncio.sleep(0.01)
    assert json.loads(record["payload"]) == {"audit": True}
    assert await finish(stage.database, read(record), end, alert=None)


async def audited(stage: Typed, monkeypatch: pytest.MonkeyPatch, end: End) -> tuple[int, str, str]:
    monkeypatch.setattr("infra.commands.started.LOOK", 0.01)
    told = threading.Event()

    async def waiting(process: CommandProcess, runs: Iterable[str]) -> str:
        left = await waiting_runs(process, runs)
        told.set()
        return left

    async def ended_when_told() -> None:
        while not told.is_set():  # noqa: ASYNC110 - the command has a loop of its own
            await asyncio.sleep(0.01)
        await ended(stage, end)

    with monkeypatch.context() as patched:
        patched.setattr("infra.commands.started.waiting", waiting)
        said, _ = await asyncio.gather(stage("search", "audit"), ended_when_told())
    return said.exit_code, said.stdout, said.stderr


@pytest.mark.parametrize(("drifted", "code"), [(0, 0), (2, 3)])
async def test_an_audit_is_followed_to_its_end_and_drift_is_exit_code_3(
    stage: Typed, monkeypatch: pytest.MonkeyPatch, drifted: int, code: int
) -> None:
    result = json.dumps(FOUND | {"drifted": drifted})
    end = End(state=State.SUCCEEDED, reason="succeeded", result=result)
    exit_code, stdout, stderr = await audited(stage, monkeypatch, end)
    assert (exit_code, stdout.startswith(f"7 documents compared, {drifted} had drifted")) == (code, True)
    assert "it waits for the relay's next turn" in stderr  # its URL is not known here


async def test_an_audit_that_failed_is_exit_code_1(stage: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    end = End(state=State.FAILED, reason="exhausted", error={"code": "retryable", "message": "no"})
    exit_code, stdout, stderr = await audited(stage, monkeypatch, end)
    assert (exit_code, stdout) == (1, "")
    assert stderr.endswith("The audit has failed: exhausted\n")


@pytest.fixture
def bucket(objects: Objects, monkeypatch: pytest.MonkeyPatch) -> Any:
    settings = objects("tigris")
    for name in ("provider", "endpoint", "region", "bucket", "access_key_id"):
        monkeypatch.setenv(f"STORAGE_{name.upper()}", getattr(settings, f"storage_{name}"))
    monkeypatch.setenv("STORAGE_SECRET_ACCESS_KEY", settings.storage_secret_access_key.get_secret_value())
    return settings


async def test_a_sweep_looks_first_and_deletes_when_that_is_agreed_to(stage: Typed, bucket: Any) -> None:
    with open_storage(bucket) as storage:
        bench = Bench(stage.database, storage)
        key = await bench.upload(World().token())
        dry = await stage.data("blobs", "sweep", "--dry-run")
        assert (dry["dry_run"], dry["deleted"]) == (True, {"upload_unclaimed": {"count": 1, "bytes": 5}})
        refused = await stage("blobs", "sweep")
        assert refused.exit_code == 2
        assert "upload_unclaimed  1        5 B\n" in refused.stderr
        assert "Delete them from the bucket of local? There is no terminal" in refused.stderr
        assert await keys(storage, key) == [key]
        done = await stage.data("blobs", "sweep", "--yes")
        assert (done["dry_run"], await keys(storage, key)) == (False, [])
        assert (await stage("blobs", "sweep", "--yes")).stdout == "nothing was deleted\n"


@pytest.mark.parametrize(
    ("found", "line"), [({"refused": True, "due": 30}, "refused: 30 are due"), ({"failed": 2}, "2 could not be")]
)
async def test_a_sweep_that_did_not_delete_what_it_should_is_exit_code_1(
    stage: Typed, bucket: Any, monkeypatch: pytest.MonkeyPatch, found: Mapping[str, Any], line: str
) -> None:
    async def clean(*_: Any) -> Mapping[str, Any]:
        return {**Progress(began=0, phase=None).result(dry_run=False), **found}

    monkeypatch.setattr("functions.cleanup_blobs.direct.clean", clean)
    said = await stage("blobs", "sweep", "--bucket", "--yes")
    assert (said.exit_code, line in said.stdout) == (1, True)
