"""What `runs show` shows: a run's facts, its attempts, what people did to it, and what it was asked and answered."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from functions.registry import contracts
from infra.commands.output import Cell, facts, table, word
from infra.commands.runs import told as data
from infra.commands.started import so_far
from infra.commands.times import ago, length, written
from shared.audit import Entry
from shared.runs.masking import shown
from shared.runs.model import FINAL, Run, State
from shared.text import lines


@dataclass(frozen=True, slots=True)
class Story:
    run: Run
    entries: Sequence[Entry]
    """The latest first."""


def as_data(story: Story, *, unmasked: bool) -> Mapping[str, Any]:
    run = story.run
    whole = {"payload": _asked(run, unmasked=True), "result": _answered(run, unmasked=True)} if unmasked else {}
    return {**data.as_data(run), **whole, "audit": [_entry(entry) for entry in story.entries]}


def told(story: Story, *, now: float, unmasked: bool) -> RenderableType:
    run = story.run
    parts: list[RenderableType] = [
        Text.assemble((run.job, "bold"), " ", word(run.state.value), "  ", (run.reason or "", "dim")),
        facts(_facts(run, now=now)),
    ]
    if run.attempts:
        columns = ("began", "took", "outcome", "error")
        attempts = table(columns, map(_attempt, run.attempts), loose=("error",), folded=True)
        parts += _headed("attempts", attempts)
    if story.entries:
        rows = [(written(one.at), one.act.by, one.act.action, ", ".join(_said(one.act.what))) for one in story.entries]
        parts += _headed("what was done to it", table(("when", "by", "what", ""), rows, loose=("",), folded=True))
    parts += _headed("payload", _pretty(_asked(run, unmasked=unmasked)))
    if run.result is not None:
        parts += _headed("result", _pretty(_answered(run, unmasked=unmasked)))
    return Group(*parts)


def _facts(run: Run, *, now: float) -> Sequence[tuple[str, Cell]]:
    budget = contracts()[run.job].tries if run.job in contracts() else None
    waits = run.not_before > run.created and run.state not in FINAL
    failed = run.state in {State.FAILED, State.RETRYING} and run.error
    return [
        ("id", run.id),
        ("owner", run.owner),
        ("key", run.key),
        ("accepted", written(run.created, now=now)),
        ("due", written(run.not_before, now=now) if waits else ""),
        ("finished", written(run.finished, now=now) if run.finished else ""),
        ("error", f"{run.error['code']}: {run.error['message']}" if failed and run.error else ""),
        ("progress", so_far(run)),
        ("tries", f"{run.tries}{f' of {budget}' if budget else ''}" if run.tries else ""),
        ("leg, epoch", f"{run.leg}, {run.epoch}" if run.leg or run.epoch else ""),
        ("revived", f"{run.revivals} times" if run.revivals else ""),
        ("cancel", f"asked by {run.cancel['by']}, {ago(run.cancel['at'], now=now)}" if run.cancel else ""),
        ("message", run.message_id),
        ("dead letter", run.dlq_id),
        ("tells", f"the webhook of key:{run.notify}" if run.notify else ""),
    ]


def _attempt(attempt: Mapping[str, Any]) -> Sequence[Cell]:
    ended = attempt.get("ended")
    error = attempt.get("error")
    return (
        written(attempt["started"]),
        length(ended - attempt["started"]) if ended else "",
        word(attempt.get("outcome") or ("" if ended else "not settled")),
        f"{error['code']}: {error['message']}" if error else "",
    )


def _headed(head: str, body: RenderableType) -> Sequence[RenderableType]:
    return Text(f"\n{head}", "bold"), Padding(body, (0, 0, 0, 2))


def _pretty(value: Any) -> Text:
    return Text(lines(json.dumps(value, indent=2, ensure_ascii=False)))


def _asked(run: Run, *, unmasked: bool) -> Any:
    return json.loads(run.payload) if unmasked else shown(run.payload, contracts().get(run.job), run.version)


def _answered(run: Run, *, unmasked: bool) -> Any:
    if unmasked:
        return None if run.result is None else json.loads(run.result)
    return shown(run.result, contracts().get(run.job), run.version)


def _said(what: Mapping[str, Any]) -> Sequence[str]:
    return [f"{name} {' '.join(map(str, value)) if isinstance(value, list) else value}" for name, value in what.items()]


def _entry(entry: Entry) -> Mapping[str, Any]:
    act = entry.act
    return {"at": entry.at, "by": act.by, "action": act.action, "what": dict(act.what)}
