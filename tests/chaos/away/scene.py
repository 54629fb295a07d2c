"""One test's world: every function, every service behind its proxy, and the hands that move it as AWS and QStash do."""

import base64
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from secrets import token_hex
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from functions.registry import contracts
from infra.local.qstash.settings import DEVELOPMENT_CURRENT_KEY
from infra.local.qstash.signing import sign
from shared.database import Database
from shared.documents import backlog
from shared.message import Message
from shared.runs.model import FINAL, Run, State, read
from tests.chaos.away.bundle import Sandbox, Told
from tests.chaos.away.outside import Outside

MENDED: Final = 40.0
"""Seconds after which a run that has not ended, with every service back, is called lost. A breaker may rest for 10."""
BETWEEN: Final = 0.3
"""Seconds after the first try at it, twice as many after the second, and so on."""
CRONS: Final = [contract.name for contract in contracts().values() if contract.singleton]
"""Each has one record of its turns, that never ends."""


@dataclass(frozen=True, slots=True)
class Call:
    """One event for one function."""

    function: str
    event: Mapping[str, Any]
    usual: int
    """The status with everything up."""
    run: str | None = None
    """The run that the call is about, where there is one before it."""


@dataclass(frozen=True, slots=True)
class Scene:
    functions: Mapping[str, Sandbox]
    outside: Outside
    database: Database
    resend: str
    client: str
    """The address that API calls come from."""

    def call(self, call: Call) -> Told:
        return self.functions[call.function].call(_signed_anew(call.event))

    # What a caller of the API sends

    def request(
        self,
        method: str,
        path: str,
        usual: int,
        body: object = None,
        *,
        bearer: str = "",
        cookie: str = "",
        if_match: str = "",
    ) -> Call:
        headers = {"host": "api.localhost", "content-type": "application/json"}
        if bearer:
            headers["authorization"] = f"Bearer {bearer}"
        if if_match:
            headers["if-match"] = if_match
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": headers,
            "requestContext": {
                "domainName": "api.localhost",
                "requestId": token_hex(8),
                "http": {"method": method, "path": path, "sourceIp": self.client, "protocol": "HTTP/1.1"},
            },
            "isBase64Encoded": False,
        }
        if body is not None:
            event["body"] = json.dumps(body)
        if cookie:
            event["cookies"] = [cookie]
        return Call("api", event, usual)

    # What QStash delivers

    def delivery(self, function: str, body: bytes, usual: int = 200, *, run: str | None = None) -> Call:
        url = self.functions[function].spec
        where = urlsplit(f"http://{self.outside.slot}/{url.name}/")
        event = {
            "version": "2.0",
            "rawPath": where.path,
            "rawQueryString": "",
            "headers": {"content-type": "application/json", "upstash-message-id": f"msg_{token_hex(8)}"},
            "requestContext": {
                "domainName": where.netloc,
                "requestId": token_hex(8),
                "http": {"method": "POST", "sourceIp": "192.0.2.1"},
            },
            "body": body.decode(),
            "isBase64Encoded": False,
        }
        return Call(function, event, usual, run)

    def message(self, run: Run) -> Call:
        body = Message(run.id, run.job, run.leg, run.epoch).encode()
        return self.delivery(run.job, body, run=run.id)

    def callback(self, run: Run) -> Call:
        """QStash has given up on the run's message."""
        source = Message(run.id, run.job, run.leg, run.epoch).encode()
        said = {
            "status": 503,
            "retried": 3,
            "maxRetries": 3,
            "sourceMessageId": run.message_id,
            "dlqId": f"dlq_{token_hex(4)}",
            "sourceBody": base64.b64encode(source).decode(),
        }
        return self.delivery("record_failure", json.dumps(said).encode(), run=run.id)

    # What the store and Resend hold

    def runs(self) -> Sequence[Run]:
        async def every() -> list[Any]:
            return await self.database.runs.find({"job": {"$nin": CRONS}}).to_list(None)

        return [read(document) for document in self.outside.run(every())]

    def run(self, run_id: str) -> Run:
        return next(run for run in self.runs() if run.id == run_id)

    def time_passes(self) -> None:
        """Every wait is over, and every lease."""

        async def move() -> None:
            live = {"state": {"$nin": [state.value for state in FINAL]}}
            await self.database.runs.update_many(live, {"$set": {"look_at": 0, "not_before": 0}})
            await self.database.runs.update_many(live | {"lease": {"$gt": 0}}, {"$set": {"lease": 1}})

        self.outside.run(move())

    def mails(self, to: str) -> int:
        answer = httpx.get(f"{self.resend}/local/emails", params={"to": to}, trust_env=False, timeout=10)
        return len(answer.json()["data"])

    # What holds after every fault

    def mend(self) -> None:
        """With everything back: the relay turns and QStash delivers, until no run is left that has not ended."""
        self._end_orphans()
        ends, waits = time.monotonic() + MENDED, count(1)
        while live := [run for run in self.runs() if run.state not in FINAL]:
            assert time.monotonic() < ends, f"lost: {[(run.id, run.state, run.error) for run in live]}"
            self.time_passes()
            self.call(self.delivery("relay_jobs", b""))
            for run in self.runs():
                if run.state in {State.QUEUED, State.RETRYING, State.RUNNING} and run.job in self.functions:
                    self.call(self.message(run))
            if any(run.state not in FINAL for run in self.runs()):
                time.sleep(BETWEEN * next(waits))

    def nothing_lost_and_nothing_twice(self) -> None:
        """Each run has ended well, those of mails each with its one mail; a cancelled one has none. No change of a
        document waits to be indexed.
        """
        wanted: dict[str, int] = {}
        for run in self.runs():
            assert run.state in {State.SUCCEEDED, State.CANCELLED}, f"{run.state}: {run.reason} {run.error}"
            if run.job != "send_email":
                continue
            to = json.loads(run.payload)["mail"]["to"]
            wanted[to] = wanted.get(to, 0) + (run.state is State.SUCCEEDED)
        assert {to: self.mails(to) for to in wanted} == wanted
        assert self.outside.run(backlog.waiting(self.database)) == 0

    def _end_orphans(self) -> None:
        """End the transactions that were cut, as MongoDB does by itself after a minute (SecantusDB never does)."""
        judge = self.outside.doors["mongodb"].judge
        if judge.transactions:
            kill = {"killSessions": [*judge.transactions]}
            judge.transactions.clear()

            async def end() -> None:
                await self.database.client.admin.command(kill)

            self.outside.run(end())


def _signed_anew(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """A delivery carries a signature of its own each time; a request none."""
    if "upstash-message-id" not in event["headers"]:
        return event
    token = sign(
        key=DEVELOPMENT_CURRENT_KEY,
        url=f"http://{event['requestContext']['domainName']}{event['rawPath']}",
        body=event["body"].encode(),
        token_id=f"jwt_{token_hex(8)}",
        now=time.time(),
    )
    return {**event, "headers": {**event["headers"], "upstash-signature": token}}
