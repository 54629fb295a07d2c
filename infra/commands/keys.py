"""`keys create | list | revoke`: how servers and operators call. The first key can be made in no other way."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any

import typer

from functions.api import keys
from functions.api.keys import SCOPES, CreatedKey
from infra.commands import exits
from infra.commands.asking import NAMED, Yes, agreed
from infra.commands.output import AsJson, as_json, display, result, say, table
from infra.commands.running import WHO, CommandProcess, run
from infra.commands.stage import chosen
from infra.commands.times import ago

app = typer.Typer(no_args_is_help=True, help="API keys: make, list, revoke.")

SHOWN = ("id", "name", "scopes", "created", "by")
"""Of a record: its own id is the key's hash, which is nobody's business."""


def scopes() -> list[str]:
    return list(SCOPES)


@app.command()
def create(
    context: typer.Context,
    *,
    name: Annotated[str, typer.Option(metavar="TEXT", help="What it is for, for whoever lists the keys.")],
    scope: Annotated[
        list[str],
        typer.Option(metavar="SCOPE", autocompletion=scopes, help=f"May be repeated: {', '.join(SCOPES)}."),
    ],
    webhook: Annotated[
        str | None, typer.Option(metavar="URL", help="Told how the jobs end that the key starts.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Make a key and print it, and below it the secret of its webhook: neither can be shown again."""
    try:
        created = run(context, lambda process: _made(process, name, scope, webhook))
    except ValueError as error:
        say(str(error))
        raise typer.Exit(exits.USAGE) from error
    if json:
        as_json(asdict(created))
        return
    result(created.key)
    if created.webhook_secret:
        result(created.webhook_secret)


@app.command("list")
def several(context: typer.Context, *, json: AsJson = False) -> None:
    """All keys, the newest first; a key itself is not kept."""

    async def work(process: CommandProcess) -> tuple[Sequence[Any], float]:
        return await keys.every(process.database), process.world.now()

    found, now = run(context, work)
    if json:
        as_json([{**{name: one.get(name) for name in SHOWN}, "webhook": _webhook(one)} for one in found])
    elif found:
        rows = [
            (one["id"], one["name"], ", ".join(one["scopes"]), ago(one["created"], now=now), _webhook(one))
            for one in found
        ]
        display(table(("key", "name", "scopes", "made", "webhook"), rows, loose=("name", "scopes", "webhook")))
    else:
        result("no keys")


@app.command(context_settings=NAMED)
def revoke(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its id, as `list` shows it.", show_default=False)],
    *,
    yes: Yes = False,
) -> None:
    """From now on the key opens nothing; what it has started goes on. Exit code 3: there is no such key."""
    name = key.removeprefix("key:")
    found = run(context, lambda process: _found(process, name))
    if found is not None:
        agreed(f"Revoke the key {found['name']!r} ({', '.join(found['scopes'])}) of {chosen(context)}?", yes=yes)
    if found is None or not run(context, lambda process: _revoked(process, name)):
        say(f"There is no key {name}.")
        raise typer.Exit(exits.NOT_SO)
    result(f"{found['name']} opens nothing any more")


async def _made(process: CommandProcess, name: str, scope: list[str], webhook: str | None) -> CreatedKey:
    """A webhook's host that can't be found now may be found when the first job has ended."""
    if webhook is not None:
        from shared.webhooks.addresses import AddressRefused, NoAddress, checked

        try:
            with suppress(NoAddress):
                await checked(webhook, local=process.name == "local")
        except AddressRefused as error:
            raise ValueError(f"--webhook {error.message}") from error
    return await keys.create_key(
        process.database, name=name, scopes=scope, by=WHO, world=process.world, webhook=webhook
    )


async def _found(process: CommandProcess, name: str) -> Any:
    return next((one for one in await keys.every(process.database) if one["id"] == name), None)


async def _revoked(process: CommandProcess, name: str) -> bool:
    return await keys.revoke(process.database, name, by=WHO, now=process.world.now())


def _webhook(key: Any) -> str | None:
    """Where it goes, without what may be the receiver's secret in it."""
    from shared.webhooks.addresses import shown

    return shown(key["webhook"]["url"]) if key.get("webhook") else None
