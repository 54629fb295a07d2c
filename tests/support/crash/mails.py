"""Counts mails, for jobs whose effect is one."""

import json

import httpx

from tests.support.crash.deliveries import Scene


async def mails(scene: Scene) -> int:
    """How many mails to this run's recipient have left the local Resend, whatever key each was sent under."""
    return await mails_to(scene, json.loads(scene.run.payload)["mail"]["to"])


async def mails_to(scene: Scene, recipient: str) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{scene.urls['resend']}/local/emails", params={"to": recipient})
    return len(answer.json()["data"])
