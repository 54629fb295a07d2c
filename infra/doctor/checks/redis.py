"""Upstash Redis: what is set is got, a script runs, and it is near."""

from collections.abc import Sequence
from typing import Final

from functions.check_health.probes import redis as probes
from infra.doctor.model import Check, Finding, fail, ok, warn
from infra.doctor.patient import Patient
from shared.script import Script

NAME: Final = "redis"
FAR: Final = 0.3
"""Seconds: a Lambda in the same region takes a few milliseconds, and a person's machine some tens."""
LOOKS: Final = 3
"""The quickest counts: the first opens the connection, and a busy machine slows any of them."""
ECHO: Final = Script("return {redis.call('TIME')[1], ARGV[1]}")
"""A command and an argument, as every script of the bundle has them."""


async def look(patient: Patient) -> Sequence[Finding]:
    world = patient.process.world
    async with patient.redis() as redis:
        await probes.probe(redis, world)()
        word, took = world.token(), []
        for _ in range(LOOKS):
            began = world.monotonic()
            _, echoed = await redis.run(ECHO, keys=[], args=[word])
            took.append(world.monotonic() - began)
    if echoed != word:
        return [fail(NAME, "a script gives back another word than its argument", CHECK.mend)]
    seen = f"SET, GET, a script; {min(took) * 1000:.0f} ms"
    if min(took) > FAR and patient.stage != "local":
        return [warn(NAME, seen, "the database's region: that of the Lambdas is best")]
    return [ok(NAME, seen)]


CHECK: Final = Check(
    NAME, look, mend="UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN: Upstash's console, the database's REST API"
)
