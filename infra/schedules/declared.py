"""What serverless.yml declares under `custom.schedules`, with each function's URL."""

from collections.abc import Mapping

from infra.local.serverless import Service
from infra.schedules.model import Schedule


def declared(service: Service, urls: Mapping[str, str]) -> Mapping[str, Schedule]:
    """By id. `urls` are those of the functions, by their names: every scheduled one must be there."""
    return {
        name: Schedule(urls[schedule.function], schedule.cron, schedule.body)
        for name, schedule in service.schedules.items()
    }


def scheduled(service: Service) -> tuple[str, ...]:
    """The functions whose URLs that takes."""
    return tuple(dict.fromkeys(schedule.function for schedule in service.schedules.values()))
