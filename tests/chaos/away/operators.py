"""The stories of operators: how it is, what has failed, what was done about it, and who gets no mail."""

from dataclasses import replace
from typing import Any, Final

from tests.chaos.away.callers import accepted, address, key
from tests.chaos.away.scene import Call, Scene

LETTER: Final = "dlq_of_the_test"


def failed(scene: Scene) -> str:
    """A run that QStash has given up, and keeps as a dead letter."""
    run, _ = accepted(scene)

    async def end() -> None:
        ended = {"state": "failed", "reason": "given up", "finished": 1, "dead_letters": [LETTER]}
        await scene.database.runs.update_one({"_id": run.id}, {"$set": ended})

    scene.outside.run(end())
    return run.id


def replay(scene: Scene) -> Call:
    run = failed(scene)
    return replace(scene.request("POST", f"/v1/jobs/{run}/replay", 202, bearer=key(scene)[0]), run=run)


def purge(scene: Scene) -> Call:
    return scene.request("DELETE", f"/v1/jobs/{failed(scene)}", 204, bearer=key(scene)[0])


def operate(scene: Scene) -> Call:
    run = failed(scene)
    wish = {"action": "replay", "filter": {"status": ["failed"]}, "preview": False}
    return replace(scene.request("POST", "/v1/operations", 200, wish, bearer=key(scene)[0]), run=run)


def list_acts(scene: Scene) -> Call:
    return scene.request("GET", "/v1/operations", 200, bearer=key(scene)[0])


def look(scene: Scene) -> Call:
    return scene.request("GET", "/v1/health", 200, bearer=key(scene)[0])


def list_suppressions(scene: Scene) -> Call:
    return scene.request("GET", "/v1/suppressions", 200, bearer=key(scene)[0])


def lift(scene: Scene) -> Call:
    """Of an address that a mail has bounced from."""
    bounced = address()
    record: dict[str, Any] = {"_id": bounced, "state": "bounced", "since": 1, "run": None, "resend_id": "re_1"}

    async def suppress() -> None:
        await scene.database.suppressions.insert_one(record)

    scene.outside.run(suppress())
    return scene.request("DELETE", f"/v1/suppressions/{bounced}", 204, bearer=key(scene)[0])
