"""Whose answers the cache keeps: an answer tells of a document, and goes when its owner is erased.

    note ──▶ the model is asked ──▶ the answer is kept ──▶ forget: the answer, then its name

Redis has a set for each owner, with the names of the answers that were computed for them. A name is noted before there
is an answer, so that none is kept without it. Whoever else has the same text finds the same answer, and is not noted:
it goes with the one for whom it was computed, and is computed again.

The set outlives the answers, which live for days from when they are kept. Owners' names are hashed, as all are in
Redis. A name that is forgotten twice, or whose answer has ended by itself, does no harm.
"""

from hashlib import sha256
from typing import Final

from shared.redis import Redis, Script
from shared.script_answers import another_form

PAGE: Final = 200
"""Answers that are forgotten at a time."""

NOTE: Final = Script("""
redis.call('SADD', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
""")


async def note(redis: Redis, owner: str, name: str, *, lives: float) -> None:
    """`lives` is in seconds: longer than the answer that may come. Raises DependencyDown: then none may be kept."""
    await redis.run(NOTE, keys=[_names(owner)], args=[name, round(lives * 1000)], repeatable=True)


async def forget(redis: Redis, owner: str) -> int:
    """How many of the owner's answers were forgotten now; 0: there is none left. Raises DependencyDown."""
    names = await redis.call("SRANDMEMBER", _names(owner), PAGE)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise another_form()
    if names:
        await redis.call("DEL", *names)
        await redis.call("SREM", _names(owner), *names)
    return len(names)


def _names(owner: str) -> str:
    return f"answers:{sha256(owner.encode('utf-8', 'surrogatepass')).hexdigest()}"
