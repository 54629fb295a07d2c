"""What a contract must promise, and that ours, and serverless.yml, do."""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions import registry
from functions.registry import contracts
from functions.send_email.contract import CONTRACT as SEND_EMAIL
from infra.local.serverless import Addresses, FunctionSpec, read_service
from shared.contract import LEASE_SLACK, MARGIN, Backoff, Contract, Payload
from shared.errors import ConfigurationError
from shared.runs.model import Run, State

ROOT = Path(__file__).parents[3]
JOBS = sorted(contracts())
GOOD = Contract(name="good", payload=Payload, timeout=60, deadline=45)
TWO = {"version": 2, "upcast": lambda _, old: old, "downcast": lambda new: new}


def test_a_sound_contract_has_no_fault() -> None:
    assert GOOD.faults() == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"effects_live": timedelta(minutes=1)}, "longer than its effects are remembered"),
        ({"max_age": timedelta(minutes=1)}, "longer than the run may live"),
        ({"deadline": 55}, "is not under timeout"),
        ({"timeout": 1000}, "a Lambda ends after 15 minutes"),
        ({"version": 2}, "has no upcast"),
        ({"version": 2, "upcast": lambda _, old: old, "writes": 1}, "writes version 1, and has no downcast to it"),
        ({**TWO, "writes": 1, "upcast_cursor": lambda _, old: old}, "upcast_cursor or downcast_cursor without the"),
        ({**TWO, "writes": 1, "downcast_cursor": lambda new: new}, "upcast_cursor or downcast_cursor without the"),
        ({"writes": 2, "downcast": lambda new: new}, "writes version 2, and reads 1 to 1"),
        ({"version": 2, "upcast": lambda _, old: old, "singleton": True}, "a cron carries nothing"),
        ({"singleton": True, "accepts_plain": True}, "a cron needs no plain payload"),
        ({"editable": frozenset({"owner"})}, "editable names what is no field of the payload: owner"),
    ],
)
def test_each_promise_that_does_not_hold_is_a_fault(changes: Mapping[str, Any], fault: str) -> None:
    [found] = replace(GOOD, **changes).faults()

    assert fault in found


def test_only_what_a_caller_may_choose_can_be_edited() -> None:
    """Case 31: a new name is looked at here, whether a server stamps it."""
    editable = {name: set(one.editable) for name, one in contracts().items() if one.editable}

    assert editable == {
        "analyze_document": {"document"},
        "cleanup_blobs": {"bucket", "dry_run", "most_share"},
        "sync_search": {"audit"},
    }


def test_a_contract_whose_retries_outlive_its_effects_keys_is_refused() -> None:
    """A repeat could come when Resend has forgotten the key, and would be a second mail."""
    just = replace(SEND_EMAIL, effects_live=SEND_EMAIL.span)

    assert just.faults() == []
    assert replace(just, effects_live=just.span - timedelta(seconds=1)).faults() != []
    assert replace(just, tries=just.tries + 1).faults() != []
    assert replace(just, backoff=Backoff(first=11, factor=5, cap=3600)).faults() != []


def test_the_span_counts_every_wait_and_every_try() -> None:
    contract = replace(GOOD, tries=4, timeout=100, backoff=Backoff(first=10, factor=10, cap=500))

    assert contract.span == timedelta(seconds=10 + 100 + 500 + 4 * 100)


@pytest.fixture
def another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A functions/ of the test's own, with one job in it."""
    folder = tmp_path / "functions" / "late"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "__init__.py").touch()
    monkeypatch.setattr(registry, "__file__", str(folder.parent / "registry.py"))
    monkeypatch.setattr(registry, "import_module", lambda name: _module_of(folder))
    registry.contracts.cache_clear()
    yield folder
    monkeypatch.undo()
    registry.contracts.cache_clear()


def _module_of(folder: Path) -> Any:
    spec = importlib.util.spec_from_file_location("late_contract", folder / "contract.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SOURCE = """
from datetime import timedelta
from shared.contract import Contract, Payload
CONTRACT = Contract(name={name!r}, payload=Payload, timeout=60, deadline=45, effects_live=timedelta(hours={hours}))
"""


def test_the_registry_takes_a_sound_contract(another_folder: Path) -> None:
    (another_folder / "contract.py").write_text(SOURCE.format(name="late", hours=24))

    assert list(contracts()) == ["late"]


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (SOURCE.format(name="late", hours=0), "longer than its effects are remembered"),
        (SOURCE.format(name="other", hours=24), "calls its job 'other'"),
        ("", "has no CONTRACT"),
    ],
)
def test_the_registry_refuses_what_is_wrong_and_names_it(another_folder: Path, source: str, fault: str) -> None:
    (another_folder / "contract.py").write_text(source)

    with pytest.raises(ConfigurationError, match=fault):
        contracts()


def _deployed() -> Mapping[str, FunctionSpec]:
    service = read_service(ROOT / "serverless.yml", stage="dev", env={})
    where = Addresses("https://api", {name: f"https://{name}/" for name in service.urls})
    return {spec.name: spec for spec in service.specs(where)}


@pytest.mark.parametrize("job", JOBS)
def test_every_jobs_times_stand_in_their_order(job: str) -> None:
    """Deadline + margin < timeout = Lambda's timeout < lease (a heartbeat's is renewed), and < QStash's timeout."""
    contract, deployed = contracts()[job], _deployed()[job]

    assert contract.faults() == []
    assert contract.deadline + MARGIN < contract.timeout
    assert contract.timeout == deployed.timeout
    assert contract.heartbeat or contract.lease(deployed.timeout) >= deployed.timeout + LEASE_SLACK
    assert deployed.timeout < _published(contract)["timeout"]


@pytest.mark.parametrize("job", JOBS)
def test_every_jobs_reserved_concurrency_takes_what_its_flow_control_lets_through(job: str) -> None:
    flow, reserved = contracts()[job].flow_control, _deployed()[job].reserved_concurrency

    assert reserved is not None
    assert reserved >= ((flow.parallelism or 0) if flow else 1)


@pytest.mark.parametrize("job", [job for job in JOBS if contracts()[job].singleton])
def test_every_cron_has_a_schedule_and_room_for_a_delivery_that_overlaps(job: str) -> None:
    service = read_service(ROOT / "serverless.yml", stage="dev", env={})

    assert job in {schedule.function for schedule in service.schedules.values()}
    assert (_deployed()[job].reserved_concurrency or 0) >= 2


def _published(contract: Contract[Any]) -> Mapping[str, Any]:
    """What QStash is told of a run of this job."""
    from pydantic import SecretStr

    from shared.config import PublishSettings
    from shared.qstash_publisher import QStashPublisher

    settings = PublishSettings(
        stage="dev", qstash_url="https://q", qstash_token=SecretStr("t"), failure_callback_url="https://f"
    )
    run = Run("r", contract.name, 1, "o", State.PENDING, "{}", 0, 0, 0, 0, 0, 0, 0)
    message: Mapping[str, Any] = QStashPublisher(settings, {contract.name: "https://j"})._message(run, contract)
    return message
