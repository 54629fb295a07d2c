"""The table is whole: every endpoint, every function and every service has its cells, and every code its check."""

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from functions.api.app import create_app
from functions.api.handler import build
from functions.registry import contracts
from shared.process import Process
from shared.settings import Settings
from tests.chaos.away.bundle import VARIABLES, specs
from tests.chaos.away.cases import AS_EVER, cases
from tests.chaos.away.checks import CHECKS
from tests.chaos.away.faults import FAULTS
from tests.chaos.away.stories import STORIES
from tests.chaos.away.table import Malformed, Mode, parse, read

OWN_ADDRESSES = {"APP_URL", "DELIVERY_URL", "FAILURE_CALLBACK_URL"}
"""Variables that hold addresses of ours, not of a service that we ask."""
INSTEAD = {"SEARCH_DATABASE_URL"}
"""Of an engine that is chosen instead of the one that the table is about."""
RECEIVERS = {"ALERT_WEBHOOK_URL"}
"""Servers that are told by webhook: whoever they are, send_webhook waits for them (tests/integration/send_webhook)."""


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    for name, value in specs()["api"].environment.items():
        monkeypatch.setenv(name, value)
    process = Process("api")
    made = create_app(build(process))
    process.database.client.close()
    return made


@pytest.fixture
def endpoints(app: FastAPI) -> set[str]:
    routes: list[APIRoute] = app.state.routes
    found = {f"{method} {_any_job(route.path_format)}" for route in routes for method in route.methods or ()}
    return found | {f"GET {app.openapi_url}"}


def _any_job(path: str) -> str:
    """Jobs are started by one and the same code, which has one row."""
    *above, last = path.split("/")
    return "/".join([*above, "{job}"]) if above == ["", "v1", "jobs"] and last in contracts() else path


def test_every_service_has_a_table_and_its_faults() -> None:
    """What a function is told the address of is a service that can be away."""
    told = {name.upper() for name in Settings.model_fields if name.endswith(("_url", "_uri", "_endpoint"))}
    assert told - OWN_ADDRESSES - INSTEAD - RECEIVERS == set(VARIABLES.values())
    assert read().services == set(VARIABLES) == set(FAULTS)


def test_every_service_can_have_every_fault() -> None:
    assert {service: set(modes) for service, modes in FAULTS.items()} == {service: set(Mode) for service in VARIABLES}
    assert all(variants for modes in FAULTS.values() for variants in modes.values())


@pytest.mark.parametrize("service", sorted(VARIABLES))
def test_every_endpoint_and_every_function_has_a_row_and_nothing_else_has(service: str, endpoints: set[str]) -> None:
    jobs = set(specs()) - {"api"}
    assert jobs >= set(contracts())
    assert read().rows(service) == endpoints | jobs


def test_what_openapi_shows_is_among_the_rows(app: FastAPI) -> None:
    shown = {f"{method.upper()} {_any_job(path)}" for path, item in app.openapi()["paths"].items() for method in item}
    assert shown <= read().rows("redis")


def test_every_row_has_a_story_and_every_code_a_check_and_a_line_in_the_legend() -> None:
    table = read()
    assert set(STORIES) == {cell.row for cell in table.cells}
    assert {cell.code for cell in table.cells} == set(CHECKS) == table.legend


def test_the_soak_walks_every_cell_and_the_short_form_every_fault_and_every_code() -> None:
    table = read()
    assert {case.cell for case in cases(table, every=True)} == set(table.cells)
    short = [case.cell for case in cases(table, every=False)]
    assert {(cell.service, cell.mode) for cell in short} == {(service, mode) for service in VARIABLES for mode in Mode}
    assert {(cell.service, cell.code) for cell in short} >= {
        (cell.service, cell.code) for cell in table.cells if cell.code != AS_EVER
    }


TABLE = """
- **fine**: all is well
- **503**: it is not

## Redis (`redis`)

| | down | slow | errors | garbage | throttling |
|---|---|---|---|---|---|
| `GET /a`, `POST /a/{b}` | fine | fine | 503 | fine | fine |
| `job` | 503 | fine | fine | fine | fine |

## What to do

Wait.
"""


def test_rows_that_share_their_cells_are_told_apart() -> None:
    table = parse(TABLE)
    assert len(table.cells) == 15
    assert table.rows("redis") == {"GET /a", "POST /a/{b}", "job"}
    assert {cell.row for cell in table.cells if cell.code == "503"} == {"GET /a", "POST /a/{b}", "job"}
    assert table.legend == {"fine", "503"}


@pytest.mark.parametrize(
    "broken",
    [
        TABLE.replace("| 503 | fine | fine | fine | fine |", "| 503 | | fine | fine | fine |"),
        TABLE.replace("| 503 | fine | fine | fine | fine |", "| 503 | fine | fine | fine |"),
        TABLE.replace("`job`", "job"),
        TABLE.replace("`job`", "`GET /a`"),
        TABLE.replace(" throttling |", " garbage |"),
        TABLE.replace("| `", "`"),
    ],
    ids=["an empty cell", "a cell too few", "a row without a name", "a row twice", "a column twice", "no table"],
)
def test_a_table_with_a_hole_is_refused(broken: str) -> None:
    with pytest.raises(Malformed):
        parse(broken)
