"""A signed message to each function, through QStash: it verifies the signature, answers so, and does nothing else.

publish the probe ──▶ QStash ──▶ the function        DELIVERED      verified
        │                             │              FAILED         what it has answered says what is wrong
        └─ events of the message ◀────┘              neither yet    asked again, until PATIENCE is over

No retries: one message a function and turn.
"""

import asyncio
import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any, Final

from infra.doctor.addresses import function_urls
from infra.doctor.model import Check, Finding, fail, ok
from infra.doctor.patient import Patient
from infra.doctor.probing import published
from infra.schedules.account import Account, calling
from shared.errors import DependencyDown, MillraceError

PATIENCE: Final = 75.0
"""Seconds: a cold start, behind others that have the concurrency."""
LOOK: Final = 1.0
"""Seconds between two looks at a message."""
ENDED: Final = frozenset({"DELIVERED", "FAILED", "CANCELED", "CANCELLED"})
MENDS: Final[Mapping[int, str]] = {
    401: "it has other signing keys, or another DELIVERY_URL: store the account's keys, deploy (docs/changing.md)",
    403: "its Function URL lets nobody in: `url: true` in serverless.yml, then deploy",
    404: "nothing is deployed there: deploy, then `python -m infra --stage {stage} bootstrap`",
    429: "it is throttled: its reserved concurrency, or the account's (see concurrency)",
    489: "it is of a version that knows no probe: deploy",
}


async def look(patient: Patient) -> Sequence[Finding]:
    urls = await function_urls(patient)
    async with patient.qstash() as account:
        return await asyncio.gather(*(_told(patient, account, name, url) for name, url in urls.items()))


async def _told(patient: Patient, account: Account, name: str, url: str | None) -> Finding:
    called = f"function {name}"
    if url is None:
        return fail(called, f"AWS has no {patient.service.deployed_name(name)} with a URL", MENDS[404])
    try:
        message_id = await published(patient, account, url, patience=int(PATIENCE))
        event = await ended(patient, account, message_id)
    except MillraceError as error:
        return fail(called, error.message, CHECK.mend)
    return _judged(called, event, _log(patient, name))


async def ended(patient: Patient, account: Account, message_id: str) -> Mapping[str, Any]:
    """The event of its end, or the latest one."""
    world = patient.process.world
    ends_at = world.monotonic() + PATIENCE
    while True:
        is_last = world.monotonic() > ends_at
        try:
            events = await _events(account, message_id)
        except DependencyDown:  # one look that was lost, or was one too many for QStash
            if is_last:
                raise
            events = []
        found = next((event for event in events if _state(event) in ENDED), None)
        if found is not None or is_last:
            return found or max(events, key=lambda event: event.get("time", 0), default={})
        await world.sleep(LOOK)


async def _events(account: Account, message_id: str) -> Sequence[Mapping[str, Any]]:
    async with calling():
        answer = await account.client.http.request(path="/v2/events", method="GET", params={"messageId": message_id})
        return [dict(event) for event in answer.get("events", ())]


def _judged(called: str, event: Mapping[str, Any], log: str) -> Finding:
    state, status = _state(event), event.get("responseStatus")
    if state == "DELIVERED":
        answered = _outcome(event)
        if answered in {None, "verified"}:
            return ok(called, "verified")
        return fail(called, f"it took the probe for work, and answered {answered!r}", MENDS[489])
    if state not in ENDED:
        return fail(called, f"no answer in {PATIENCE:g} s; QStash says {state or 'nothing'}", CHECK.mend)
    if not status:
        return fail(called, f"not reached: {event.get('error') or state}", f"its URL is that of no function; {log}")
    return fail(called, f"answered {status}", MENDS.get(int(status), f"it raised: {log}"))


def _outcome(event: Mapping[str, Any]) -> str | None:
    """The word that the function has answered, where QStash tells its answer: plain, or as base64."""
    body = str(event.get("responseBody", ""))
    for text in (body, _decoded(body)):
        try:
            return str(json.loads(text)["outcome"])
        except (ValueError, KeyError, TypeError):
            continue
    return None


def _decoded(body: str) -> str:
    try:
        return b64decode(body, validate=True).decode()
    except ValueError:
        return ""


def _state(event: Mapping[str, Any]) -> str:
    return str(event.get("state", "")).upper()


def _log(patient: Patient, name: str) -> str:
    if patient.stage == "local":
        return f"see what {name} prints in `make dev`"
    return f"aws logs tail /aws/lambda/{patient.service.deployed_name(name)}"


CHECK: Final = Check(
    "functions",
    look,
    mend="https://console.upstash.com/qstash, Logs: what became of the message",
    limit=PATIENCE + 30,
    after="qstash",
)
