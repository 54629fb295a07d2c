"""The crons that serverless.yml declares become schedules at QStash, each with its body, however often they are set."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
from qstash import QStash

from infra.local.schedules import apply_schedules
from infra.local.serverless import Schedule, Service
from tests.integration.qstash.destination import Destination
from tests.integration.qstash.server import Server

YEARLY = "1 1 1 1 *"


@dataclass(frozen=True)
class Declared:
    """All that is asked of a service."""

    schedules: dict[str, Schedule]


@pytest.fixture
def made(client: QStash) -> Iterator[QStash]:
    """Without what others have scheduled."""
    for schedule in client.schedule.list():
        client.schedule.delete(schedule.schedule_id)
    yield client
    for schedule in client.schedule.list():
        client.schedule.delete(schedule.schedule_id)


def apply(server: Server, destination: Destination, crons: dict[str, Schedule], *, prune: bool = True) -> None:
    urls = {name: destination.url(f"/{name}") for name in ("relay", "sync")}
    asyncio.run(apply_schedules(cast("Service", Declared(crons)), urls, {"QSTASH_URL": server.url}, prune=prune))


def told(client: QStash) -> dict[str, tuple[Any, ...]]:
    return {
        one.schedule_id: (one.destination.rpartition("/")[2], one.cron, one.body or "", one.retries)
        for one in client.schedule.list()
    }


def test_a_function_has_as_many_crons_as_are_declared_each_with_its_body(
    server: Server, destination: Destination, made: QStash
) -> None:
    crons = {
        "relay": Schedule("relay", YEARLY),
        "sync": Schedule("sync", YEARLY, "{}"),
        "sync_audit": Schedule("sync", "2 2 2 2 *", '{"audit": true}'),
    }
    apply(server, destination, crons)
    assert told(made) == {
        "relay": ("relay", YEARLY, "", 0),
        "sync": ("sync", YEARLY, "{}", 0),
        "sync_audit": ("sync", "2 2 2 2 *", '{"audit": true}', 0),
    }


def test_setting_them_again_changes_them_and_makes_no_second_ones(
    server: Server, destination: Destination, made: QStash
) -> None:
    apply(server, destination, {"nightly": Schedule("sync", YEARLY, '{"audit": false}')})
    apply(server, destination, {"nightly": Schedule("sync", YEARLY, '{"audit": true}')})
    assert told(made) == {"nightly": ("sync", YEARLY, '{"audit": true}', 0)}


@pytest.mark.parametrize("prune", [True, False])
def test_what_is_not_declared_goes_only_where_the_account_is_the_stacks_own(
    server: Server, destination: Destination, made: QStash, prune: bool
) -> None:
    apply(server, destination, {"old": Schedule("sync", YEARLY)})
    apply(server, destination, {"new": Schedule("sync", YEARLY)}, prune=prune)
    assert set(told(made)) == {"new"} | (set() if prune else {"old"})
