"""Not a job but what starts one: an order and the run for it in one transaction, handed over after the commit."""

import json
from typing import Any, Final

from shared.database import Session, transaction
from shared.enqueue import Accepted, Enqueuer
from shared.errors import DependencyDown
from shared.process import Process
from tests.chaos.jobs.contracts import CONTRACTS, NOTE, Note

PROCESS: Final = Process("front_desk")


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    try:
        run = PROCESS.run(_accept(json.loads(event["body"])["order"]))
    except DependencyDown:
        return {"statusCode": 503, "body": ""}
    return {"statusCode": 202, "body": json.dumps({"run": run})}


async def _accept(order: str) -> str:
    database = PROCESS.database
    enqueuer = Enqueuer(database, PROCESS.publisher(), CONTRACTS, PROCESS.world)

    async def both(session: Session) -> Accepted:
        await database.orders.update_one({"_id": order}, {"$inc": {"asked": 1}}, upsert=True, session=session)
        return await enqueuer.accept(NOTE, Note(of=order), owner="desk", key=order, session=session)

    accepted = await transaction(database, both)
    await enqueuer.hand_over(accepted.run)
    return accepted.run.id
