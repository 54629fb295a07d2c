"""The stories of people who leave: they close the door behind them, and a job removes what there is of them."""

import json
from secrets import token_hex

from shared import reports
from tests.chaos.away.callers import answered, key, session
from tests.chaos.away.scene import Call, Scene


def leave(scene: Scene) -> Call:
    return scene.request("DELETE", "/v1/users/me", 202, bearer=session(scene))


def send_away(scene: Scene) -> Call:
    """Somebody who has signed in, by an operator."""
    session(scene)

    async def person() -> str:
        found = await scene.database.users.find_one({})
        assert found is not None
        return str(found["_id"])

    return scene.request("DELETE", f"/v1/users/{scene.outside.run(person())}", 202, bearer=key(scene)[0])


def erase(scene: Scene) -> Call:
    """Somebody who has a report, once every request of theirs has ended."""
    run = scene.run(answered(scene, leave(scene))["job"])

    async def keep() -> None:
        draft = reports.Draft(json.loads(run.payload)["user"], "table", "Invoice", "Invoice.pdf", "{}")
        await reports.begin(scene.database, made := token_hex(8), draft, created_at=0)
        await reports.finish(scene.database, made, reports.ReportFile(size=1, pages=1, sha256="00"))

    scene.outside.run(keep())
    scene.time_passes()
    return scene.message(run)
