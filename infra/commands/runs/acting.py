"""Acts on one run by its id, or on many by a filter; first what would be done, then a question.

    RUN                     that one
    --status, --job, ..     all that the filter names and the act applies to: the newest first, --limit at most

What is done to one run is done whole, and has left the filter: after Ctrl-C, or where a service went away, the same
command goes on with the rest.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import typer

from infra.commands import exits
from infra.commands.asking import agreed
from infra.commands.output import as_json, counted, display, result, say
from infra.commands.progress import bar
from infra.commands.running import WHO, CommandProcess, run
from infra.commands.runs.listing import runs_table
from infra.commands.stage import chosen
from infra.commands.started import waiting
from shared.runs.model import read
from shared.runs.operating import RATE, Action, Done, Operator, Outcome, Preview
from shared.runs.selecting import Filter


def act(
    context: typer.Context,
    action: Action,
    run_id: str | None,
    wanted: Filter,
    *,
    limit: int,
    yes: bool,
    json: bool,
    rate: float = RATE,
    payload: Mapping[str, Any] | None = None,
) -> None:
    if (run_id is None) == (wanted == Filter()):
        raise typer.BadParameter("say which: one run by its id, or many by --status, --job or another filter")
    found, now = run(context, lambda process: _found(process, action, run_id, wanted))
    count = min(found.count, limit)
    if not count or not found.first:
        _tell(action, [], json=json)
        return
    if not (yes and json):
        display(runs_table(found.first, now=now), err=True)
        if count > len(found.first):
            say(f".. and {count - len(found.first)} more")
    which = counted(count, "run") if count == found.count else f"{count:,} of these {found.count:,} runs"
    agreed(f"{action.value.capitalize()} {which} of {chosen(context)}?", yes=yes)
    # The newest come first: what is accepted after the question would go in the place of what was shown.
    wanted = replace(wanted, until=found.first[0].created + 1)
    done: list[Done] = []
    try:
        if run_id:
            run(context, lambda process: _one(process, action, run_id, payload, done))
        else:
            run(context, lambda process: _many(process, action, wanted, most=count, rate=rate, done=done))
    except typer.Exit:
        if run_id is None:
            say(f"{len(done)} of {count} are through, and maybe a few more. The same command goes on with the rest.")
            _tell(action, done, json=json)
        raise
    _tell(action, done, json=json)
    if any(one.outcome is Outcome.REFUSED for one in done):
        raise typer.Exit(exits.FAILED)


async def _found(process: CommandProcess, action: Action, run_id: str | None, wanted: Filter) -> tuple[Preview, float]:
    now = process.world.now()
    if run_id is None:
        return await _operator(process).preview(wanted, action), now
    document = await process.database.runs.find_one({"_id": run_id})
    if document is None:
        say(f"There is no run {run_id}.")
        raise typer.Exit(exits.NOT_SO)
    return Preview(1, [read(document)]), now


async def _one(
    process: CommandProcess, action: Action, run_id: str, payload: Mapping[str, Any] | None, done: list[Done]
) -> None:
    operator = _operator(process)
    match action:
        case Action.REPLAY:
            done.append(await operator.replay(run_id, payload=payload))
        case Action.CANCEL:
            done.append(await operator.cancel(run_id))
        case Action.PURGE:
            done.append(await operator.purge(run_id))
    await _say_what_waits(process, done)


async def _many(
    process: CommandProcess, action: Action, wanted: Filter, *, most: int, rate: float, done: list[Done]
) -> None:
    with bar(f"{action.value} runs", most) as moved:
        async for one in _operator(process).many(action, wanted, most=most, rate=rate):
            done.append(one)
            moved(len(done))
    await _say_what_waits(process, done)


async def _say_what_waits(process: CommandProcess, done: list[Done]) -> None:
    if left := await waiting(process, [one.run for one in done if one.outcome is Outcome.REPLAYED]):
        say(left)


def _operator(process: CommandProcess) -> Operator:
    return Operator(process.enqueuer, WHO, process.world)


def _tell(action: Action, done: list[Done], *, json: bool) -> None:
    if json:
        as_json([asdict(one) for one in done])
        return
    counts = Counter(one.outcome.value for one in done)
    result(", ".join(f"{number} {outcome}" for outcome, number in counts.items()) or f"no runs to {action.value}")
    for one in done:
        if one.outcome is Outcome.REFUSED:
            say(f"{one.run} refused: {one.why}")
