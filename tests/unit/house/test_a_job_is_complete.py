"""A job is one folder and one entry in serverless.yml: whatever is missing of the two is named here."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from functions.registry import contracts
from shared.contract import Contract, FlowControl, Payload, PublicFace
from tests.unit.house.completeness import missing

ROOT: Final = Path(__file__).parents[3]
JOB: Final = "water_plants"

ENTRY: Final = """
  water_plants:
    handler: functions.water_plants.handler.handler
    timeout: 30
    reservedConcurrency: 3
    environment:
      <<: [*runs, *deliveries]
    url: true
"""
URL: Final = "      JOB_URL_WATER_PLANTS: ${self:custom.jobUrls.water_plants}\n"
LINE: Final = "    water_plants: !GetAtt WaterUnderscoreplantsLambdaFunctionUrl.FunctionUrl\n"
SCHEDULE: Final = '    water_plants: "0 6 * * *"\n'


class WaterPlants(Payload):
    pot: str = "basil"


CONTRACT: Final = Contract(
    name=JOB,
    payload=WaterPlants,
    timeout=30,
    deadline=20,
    flow_control=FlowControl(parallelism=3),
    public=PublicFace(WaterPlants, lambda _, asked: asked),
)


class Tree:
    """A tree with one more job, complete but for what a test takes away."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(ROOT / "infra" / "stages", root / "infra" / "stages")
        (root / "functions" / JOB).mkdir(parents=True)
        self.handler = root / "functions" / JOB / "handler.py"
        self.handler.write_text("def handler() -> None: ...\n", "utf-8")
        self.serverless = root / "serverless.yml"
        given = (ROOT / "serverless.yml").read_text("utf-8")
        self.serverless.write_text(given + ENTRY, "utf-8")
        self.insert("  jobUrls:\n", LINE)
        for publisher in ("api", "relay_jobs"):
            self.insert(f"\n  {publisher}:\n", "", until="    environment:\n", then=URL)

    def insert(self, after: str, lines: str, *, until: str = "", then: str = "") -> None:
        head, mark, tail = self.serverless.read_text("utf-8").partition(after)
        before, stop, rest = tail.partition(until) if until else ("", "", tail)
        assert mark
        self.serverless.write_text(head + mark + lines + before + stop + then + rest, "utf-8")

    def without(self, text: str, instead: str = "", *, times: int = -1) -> None:
        content = self.serverless.read_text("utf-8")
        assert text in content
        self.serverless.write_text(content.replace(text, instead, times), "utf-8")

    def missing(self, contract: Contract[Any] = CONTRACT) -> list[str]:
        contracts: Mapping[str, Contract[Any]] = {JOB: contract}
        return missing(self.root, contracts)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_every_job_of_the_bundle_is_complete() -> None:
    assert missing(ROOT, contracts()) == []


def test_a_complete_job_lacks_nothing(tree: Tree) -> None:
    assert tree.missing() == []


def test_a_folder_without_an_entry_is_named(tree: Tree) -> None:
    tree.without(ENTRY)
    tree.without(URL)
    tree.without(LINE)
    assert tree.missing() == ["water_plants: no entry under `functions` in serverless.yml"]


def test_a_folder_without_a_handler_is_named(tree: Tree) -> None:
    tree.handler.write_text("def handle() -> None: ...\n", "utf-8")
    assert tree.missing() == ["water_plants: functions/water_plants/handler.py has no `handler`"]
    tree.handler.unlink()
    assert tree.missing() == ["water_plants: functions/water_plants/handler.py has no `handler`"]


def test_an_entry_that_names_another_handler_is_named(tree: Tree) -> None:
    tree.without("functions.water_plants.handler.handler", "functions.water_plants.handler.main")
    [fault] = tree.missing()
    assert "functions.water_plants.handler.main, not functions.water_plants.handler.handler" in fault


def test_a_job_that_qstash_cannot_call_is_named(tree: Tree) -> None:
    tree.without(ENTRY, ENTRY.replace("    url: true\n", ""))
    assert tree.missing() == ["water_plants: no `url: true`: QStash could not call it"]


def test_a_job_that_cannot_verify_is_named(tree: Tree) -> None:
    tree.without(ENTRY, ENTRY.replace("[*runs, *deliveries]", "[*runs]"))
    assert [fault.rpartition(" ")[2] for fault in tree.missing()] == [
        "QSTASH_CURRENT_SIGNING_KEY",
        "QSTASH_NEXT_SIGNING_KEY",
    ]


def test_a_job_without_a_line_in_the_map_of_urls_is_named(tree: Tree) -> None:
    tree.without(URL)
    tree.without(LINE)
    assert tree.missing() == ["water_plants: no line in custom.jobUrls"]


def test_a_job_that_the_relay_cannot_hand_over_is_named(tree: Tree) -> None:
    head, _, tail = tree.serverless.read_text("utf-8").rpartition(URL)
    tree.serverless.write_text(head + tail, "utf-8")
    [fault] = tree.missing()
    assert fault.startswith("water_plants: relay_jobs has no JOB_URL_WATER_PLANTS")


def test_a_public_job_that_the_api_cannot_start_is_named(tree: Tree) -> None:
    tree.without(URL, times=1)
    assert any("public face, and api has no JOB_URL_WATER_PLANTS" in fault for fault in tree.missing())


def test_a_job_that_nothing_can_start_is_named(tree: Tree) -> None:
    tree.without(URL, times=1)
    [fault] = tree.missing(replace(CONTRACT, public=None))
    assert fault.endswith("nothing could start it")


def test_two_timeouts_that_differ_are_named(tree: Tree) -> None:
    tree.without("    timeout: 30\n    reservedConcurrency: 3\n", "    timeout: 31\n    reservedConcurrency: 3\n")
    assert tree.missing() == ["water_plants: timeout is 31 in serverless.yml and 30 in its contract"]


def test_less_concurrency_than_the_flow_control_lets_through_is_named(tree: Tree) -> None:
    """Lambda would throttle what QStash was told it may send (case 3)."""
    tree.without(ENTRY, ENTRY.replace("reservedConcurrency: 3", "reservedConcurrency: 2"))
    assert tree.missing() == ["water_plants: reservedConcurrency 2 is under its flow control's parallelism 3"]


def test_a_job_without_a_concurrency_of_its_own_is_named(tree: Tree) -> None:
    tree.without(ENTRY, ENTRY.replace("    reservedConcurrency: 3\n", ""))
    assert tree.missing() == ["water_plants: no reservedConcurrency: a flood of it could take the whole account"]


def test_a_cron_needs_a_schedule_and_no_line_in_the_map(tree: Tree) -> None:
    cron = replace(CONTRACT, singleton=True, public=None)
    tree.without(URL)
    assert tree.missing(cron) == [
        "water_plants: a cron without a line in custom.schedules",
        "water_plants: a cron is called by its schedule alone; custom.jobUrls names it",
    ]
    tree.without(LINE)
    tree.insert("  schedules:\n", SCHEDULE)
    assert tree.missing(cron) == []


def test_what_is_wrong_with_the_contract_itself_is_named(tree: Tree) -> None:
    [fault] = tree.missing(replace(CONTRACT, deadline=26))
    assert fault == "water_plants: deadline 26 s + margin 5 s is not under timeout 30 s"
