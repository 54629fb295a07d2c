"""What is kept of a user's questions, so that they need not be asked twice: of requests, and of a model."""

from functions.erase_user.services import Context
from shared.database import reachable


async def forget_requests(user: str, context: Context) -> int:
    """A repeat of one would be a new request, of somebody who is not there."""
    async with reachable():
        return await context.services.forget_requests(user)


async def forget_answers(user: str, context: Context) -> int:
    """Summaries and keywords of their documents, in Redis."""
    return await context.services.forget_answers(user)
