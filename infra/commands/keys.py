"""`keys create`: an API key for a server or an operator, made in the stage's database: the first has no other way.

STAGE=local MONGODB_URI=.. MONGODB_DATABASE=millrace_local python -m infra keys create --name ops --scope operator
"""

import asyncio
from typing import Annotated

import typer

from functions.api.keys import SCOPES, CreatedKey, create_key
from shared.clock import World
from shared.config import MongoSettings, load
from shared.database import connect, reachable
from shared.errors import MillraceError

app = typer.Typer(no_args_is_help=True, help="API keys of the stage that STAGE and MONGODB_URI name.")


@app.callback()
def keys() -> None:
    """Makes `create` a command of its own although it is the only one."""


@app.command()
def create(
    *,
    name: Annotated[str, typer.Option(help="what it is for, for whoever lists the keys")],
    scope: Annotated[list[str], typer.Option(help=f"may be repeated: {', '.join(SCOPES)}")],
) -> None:
    """Make a key and print it: it is not kept, and can't be shown again."""
    try:
        created = asyncio.run(_create(name, scope))
    except (ValueError, MillraceError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(created.key)


async def _create(name: str, scopes: list[str]) -> CreatedKey:
    database = connect(load(MongoSettings))
    try:
        async with reachable():
            return await create_key(database, name=name, scopes=scopes, by="command line", world=World())
    finally:
        database.client.close()
