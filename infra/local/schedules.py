"""Sets the crons that serverless.yml declares at QStash, each known by its name there."""

from collections.abc import Mapping

from qstash import QStash

from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from infra.local.serverless import Service

RETRIES = 0
"""A cron that was missed is not made up for: the next turn does its work."""


def apply_schedules(service: Service, urls: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """Create or replace each schedule (by its id); safe to repeat."""
    client = QStash(
        environment.get("QSTASH_TOKEN", DEVELOPMENT_TOKEN), base_url=environment["QSTASH_URL"], retry={"retries": 2}
    )
    for name, schedule in service.schedules.items():
        client.schedule.create(
            destination=urls[schedule.function],
            cron=schedule.cron,
            body=schedule.body or None,
            schedule_id=name,
            retries=RETRIES,
        )
