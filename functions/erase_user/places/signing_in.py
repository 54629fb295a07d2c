"""Sign-ins and sessions: the door has removed them; this is the look whether one was left."""

from functions.erase_user.services import Context
from shared.database import reachable


async def remove_sign_ins(user: str, context: Context) -> int:
    async with reachable():
        return (await context.services.database.sign_ins.delete_many({"user": user})).deleted_count


async def remove_sessions(user: str, context: Context) -> int:
    async with reachable():
        return (await context.services.database.sessions.delete_many({"user": user})).deleted_count
