"""QStash's limits on what it delivers at a time, which the jobs' contracts declare; and queues, of which we have none.

Each message brings the limits of its job, and QStash goes by the latest. So a job that was never started has none
there, and one whose contract has changed keeps the old ones until the next message: those that wait would be held by
them. They are set by pinning the declared ones and letting go of them at once; pinned for good they would hold against
the next contract. A crash between the two leaves them pinned, which is shown.

    pinned, paused     a person's doing: shown, and left
    a queue            shown, and left: what waits in it would go with it
    another key        none of ours, or of a job that is no more: nothing holds to it any longer
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from qstash.flow_control_api import FlowControlInfo, PinFlowControlOptions, parse_flow_control_info

from functions.registry import contracts
from infra.bootstrap.model import Change, Kind
from infra.commands.qstash import account
from infra.schedules.account import Account, calling
from shared.contract import FlowControl


@dataclass(frozen=True, slots=True)
class FlowControlPart:
    name: str = "flow control"

    async def differences(self) -> Sequence[Change]:
        async with account() as qstash:
            found, queues = await _flows(qstash), await _queues(qstash)
        changes = [
            _change(name, contract.flow_control, found[name])
            for name, contract in sorted(contracts().items())
            if contract.flow_control is not None and name in found
        ]
        extra = [Change(Kind.EXTRA, f"queue {name}", was="none is declared") for name in queues]
        return [*filter(None, changes), *extra]

    async def apply(self, change: Change) -> None:
        name, limits = change.plan
        async with account() as qstash:
            async with calling():
                await qstash.client.flow_control.pin(name, limits)
            async with calling():
                await qstash.client.flow_control.unpin(name, {"parallelism": True, "rate": True})


def _change(name: str, declared: FlowControl, found: FlowControlInfo) -> Change | None:
    to = _limits(declared)
    was = _found(found, to)
    if found.is_paused or found.is_pinned_parallelism or found.is_pinned_rate:
        held = "paused" if found.is_paused else "pinned"
        return Change(Kind.EXTRA, name, was=f"{held} by a person: {_said(was)}")
    return None if was == to else Change(Kind.CHANGED, name, _said(was), _said(to), (name, to))


def _limits(declared: FlowControl) -> PinFlowControlOptions:
    """As QStash takes them. Of a kind that the contract does not limit nothing can be said to it but by a message."""
    limits: PinFlowControlOptions = {}
    if declared.parallelism is not None:
        limits["parallelism"] = declared.parallelism
    if declared.rate is not None:
        limits |= {"rate": declared.rate, "period": declared.period}
    return limits


def _found(one: FlowControlInfo, of: PinFlowControlOptions) -> PinFlowControlOptions:
    """What stands there for the limits that are declared."""
    whole: PinFlowControlOptions = {
        "parallelism": one.parallelism_max,
        "rate": one.rate_max,
        "period": one.rate_period,
    }
    return cast("PinFlowControlOptions", {name: value for name, value in whole.items() if name in of})


def _said(limits: PinFlowControlOptions) -> str:
    at_a_time = f"{limits['parallelism']} at a time" if "parallelism" in limits else ""
    rate = f"{limits['rate']} in {limits['period']} s" if "rate" in limits else ""
    return ", ".join(filter(None, (at_a_time, rate)))


async def _flows(qstash: Account) -> Mapping[str, FlowControlInfo]:
    """By key. Not by the SDK, which has no call for all of them."""
    async with calling():
        answer: object = await qstash.client.http.request(path="/v2/flowControl", method="GET")
        # An object is gone through like a list: its names are no flow controls.
        return {info.key: info for info in map(parse_flow_control_info, cast("list[dict[str, Any]]", answer))}


async def _queues(qstash: Account) -> Sequence[str]:
    async with calling():
        return sorted(queue.name for queue in await qstash.client.queue.list())
