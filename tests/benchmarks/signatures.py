"""What it costs to believe a delivery, beside asking qstash.Receiver alone (which is asked by ours as well)."""

import json
from typing import Final

from qstash import Receiver

from shared.events import read_event
from shared.signature import Verifier
from tests.benchmarks.figures import Effort, Row, medians, row
from tests.support.desk import KEY, NEXT_KEY, signed_event

BODY: Final = json.dumps({"v": 1, "run": "r" * 22, "job": "send_email", "leg": 0, "epoch": 0}).encode()


async def measure(effort: Effort) -> list[Row]:
    request = read_event(signed_event(BODY))
    token = request.headers["upstash-signature"]
    verifier = Verifier(current_key=KEY, next_key=NEXT_KEY, stage="prod")
    receiver = Receiver(current_signing_key=KEY, next_signing_key=NEXT_KEY)
    times = range(effort.verifications)

    async def ours() -> None:
        for _ in times:
            verifier.verify(token, request.body, request.url)

    async def theirs() -> None:
        for _ in times:
            receiver.verify(signature=token, body=request.body.decode(), url=request.url)

    subject, peer = await medians(effort.rounds, ours, theirs)
    return [row("one verification", subject, "us", "qstash.Receiver alone", peer, each=effort.verifications)]
