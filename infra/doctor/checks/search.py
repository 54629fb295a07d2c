"""The search index's store answers; a PostgreSQL has the engine's extension, and its schema or the right to make it."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from infra.doctor.model import Check, Finding, fail, ok
from infra.doctor.patient import LIMIT, Patient
from shared.config import SearchSettings
from shared.errors import DependencyDown
from shared.search.choosing import search_probe
from shared.search.postgres.schema import SCHEMA

NAME: Final = "search"
EXTENSION: Final = "fuzzystrmatch"
"""What shared/search/postgres/schema.py makes for itself, where it is there to be made."""
LACKING: Final = """
select
    not exists (select from pg_available_extensions where name = $1),
    to_regnamespace($2) is null and not has_database_privilege(current_database(), 'create')
"""


async def look(patient: Patient) -> Sequence[Finding]:
    settings = patient.settings(SearchSettings)
    await search_probe(settings, patient.database, patient.storage)()
    if settings.search_engine == "postgres":
        no_extension, no_right = await _lacking(settings.search_database_url.get_secret_value())
        if no_extension:
            return [fail(NAME, f"the PostgreSQL has no {EXTENSION}", "a server with its contrib modules")]
        if no_right:
            return [fail(NAME, "its user may make no schema in the database", "grant create on database .. to ..")]
    return [ok(NAME, f"{settings.search_engine} can be used")]


async def _lacking(url: str) -> tuple[bool, bool]:
    try:
        connection = await asyncpg.connect(url, timeout=LIMIT, command_timeout=LIMIT, statement_cache_size=0)
        try:
            return tuple(await connection.fetchrow(LACKING, EXTENSION, SCHEMA))
        finally:
            connection.terminate()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DependencyDown("postgres", type(error).__name__) from error


CHECK: Final = Check(
    NAME,
    look,
    mend="SEARCH_DATABASE_URL where the engine is postgres; else `python -m infra --stage {stage} search rebuild`",
    after="mongodb",
)
