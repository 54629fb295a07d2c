"""What a cold start may import: everything beyond that is time that a person or a queue waits for.

Each import happens in a process of its own, where only the packages of requirements.txt can be found: that also proves
that no function needs a development package.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from functions.registry import contracts
from tests.unit.house.shipped import among, imported_by, locked, not_shipped, third_party

pytestmark = pytest.mark.xdist_group("imports")  # what a module imports is asked once in a process

ROOT: Final = Path(__file__).parents[3]
FUNCTIONS: Final = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))

AWS_SDK: Final = frozenset({"boto3", "botocore.client", "botocore.session", "s3transfer"})
"""Powertools imports the bare name `botocore` (1 ms) to register itself, and nothing below it."""
WEB: Final = frozenset({"fastapi", "mangum", "starlette", "uvicorn"})
ENGINES: Final = frozenset({"tantivy", "asyncpg"})
"""Of the search index. Each comes with the first use of the index, if it is the one of SEARCH_ENGINE."""
HEAVY: Final = ENGINES | {"numpy", "typst"}
MAIL: Final = frozenset({"resend", "requests"})
HTTP: Final = frozenset({"httpx", "httpcore", "anyio", "h11", "certifi"})
REDIS: Final = frozenset({"upstash_redis", "upstash_ratelimit"})

SETTINGS: Final = frozenset({"pydantic_settings", "dotenv", "argparse"})
"""A tenth of all that a job would import, to read a dozen variables (shared/config.py)."""

A_JOB: Final = AWS_SDK | WEB | HEAVY | MAIL | HTTP | REDIS | SETTINGS | {"opentelemetry", "qstash.client"}
"""What no job's import may hold; what it needs of that it imports in its wiring, when the claim has been made."""

FORBIDDEN: Final = {
    "api": AWS_SDK | HEAVY | MAIL | {"uvicorn"},  # opentelemetry's API is FastAPI's own, 20 ms
    "email_events": AWS_SDK | HEAVY | MAIL | WEB | REDIS | {"httpx", "qstash"},
    "send_webhook": A_JOB - {"httpx"},  # whose parser judges the addresses that it calls
}
"""By function; every other one is a job."""

PYDANTIC: Final = {"pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_imports_what_it_needs_and_no_more(function: str) -> None:
    imported = imported_by(f"functions.{function}.handler")
    assert among(FORBIDDEN.get(function, A_JOB), imported) == set()


@pytest.mark.parametrize(
    ("module", "engines"),
    [
        ("shared.search.choosing", set()),
        ("shared.search.source", set()),
        ("shared.search.tantivy.engine", {"tantivy"}),
        ("shared.search.postgres.engine", {"asyncpg"}),
    ],
)
def test_a_search_index_imports_its_own_engine_alone(module: str, engines: set[str]) -> None:
    """At most: one that is imported at the first call is better still."""
    assert among(ENGINES, imported_by(module)) <= engines


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_imports_no_other_function_than_its_contract(function: str) -> None:
    """A publisher carries all contracts; whatever else another folder holds is not even in its package."""
    imported = imported_by(f"functions.{function}.handler")
    others = {path.parent.name for path in ROOT.glob("functions/*/__init__.py")} - {function}
    allowed = {f"functions.{other}{module}" for other in others for module in ("", ".contract")}
    theirs = {name for name in imported if name.startswith(tuple(f"functions.{other}." for other in others))}
    assert theirs - allowed == set()


@pytest.mark.parametrize("job", sorted(contracts()))
def test_a_contract_imports_pydantic_and_nothing_else(job: str) -> None:
    assert third_party(imported_by(f"functions.{job}.contract")) <= PYDANTIC


def test_what_a_contract_is_made_of_imports_pydantic_and_nothing_else() -> None:
    assert third_party(imported_by("shared.contract")) == PYDANTIC


@pytest.mark.parametrize("package", ["secantus", "uvicorn", "typer", "rich", "pytest", "hypothesis", "yaml", "tzdata"])
def test_the_imports_are_made_without_the_development_packages(package: str) -> None:
    """The proof above would be worth nothing if these could be found."""
    assert package in not_shipped()


def test_what_ships_is_what_the_lock_says() -> None:
    assert {"fastapi", "qstash", "motor", "resend", "pydantic"} <= set(locked())
    assert not_shipped().isdisjoint({"fastapi", "qstash", "motor", "resend", "pydantic", "bson", "jwt"})


def test_no_garbage_is_looked_for_while_a_handler_is_imported() -> None:
    code = "import functions, gc; n = gc.get_stats(); import functions.send_email.handler; print(gc.get_stats() == n)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "True\n"
