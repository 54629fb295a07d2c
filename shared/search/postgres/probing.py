"""Whether the PostgreSQL answers: a connection of its own, one question, and no connection left."""

from collections.abc import Awaitable, Callable

import asyncpg
from pydantic import SecretStr

from shared.errors import ConfigurationError, DependencyDown
from shared.search.postgres.connecting import CONNECT, READ


def probe(url: SecretStr) -> Callable[[], Awaitable[None]]:
    """Raises DependencyDown, ConfigurationError."""

    async def look() -> None:
        try:
            connection = await asyncpg.connect(
                url.get_secret_value(), timeout=CONNECT, command_timeout=READ, statement_cache_size=0
            )
        except ValueError:
            # The URL is read here, and must not stand in an error.
            raise ConfigurationError("SEARCH_DATABASE_URL is not the URL of a PostgreSQL") from None
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise _down(error) from error
        try:
            await connection.execute("select 1")
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise _down(error) from error
        finally:
            connection.terminate()

    return look


def _down(error: Exception) -> DependencyDown:
    code = getattr(error, "sqlstate", None)
    return DependencyDown("postgres", f"code {code}" if code else type(error).__name__)
