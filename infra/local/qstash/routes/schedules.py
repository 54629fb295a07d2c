"""Schedules: create or change, look at, pause, resume, delete."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.qstash.clock import milliseconds
from infra.local.qstash.cron import parse_cron
from infra.local.qstash.destination import checked_name, checked_url, is_group_name
from infra.local.qstash.errors import bad_request, not_found
from infra.local.qstash.model import State
from infra.local.qstash.options import read_options
from infra.local.qstash.routes.requests import (
    answer,
    caller_ip,
    destination_after,
    done,
    given_of,
    read_body,
    service_of,
)
from infra.local.qstash.service import Service
from infra.local.qstash.store.schedules import Schedule, Timetable
from infra.local.qstash.views import Json, body_view, options_view

_OUTCOMES = {State.DELIVERED: "SUCCESS", State.FAILED: "FAIL", State.CANCELED: "FAIL"}


async def put(request: Request) -> Response:
    """An id that exists already gets new settings and keeps its birthday."""
    service, given = service_of(request), given_of(request)
    plan = service.settings.plan
    body = await read_body(request, plan.max_message)
    name, queue = given.get("schedule-id"), given.get("queue-name")
    schedule_id = checked_name("schedule", name) if name else service.ids.schedule()
    before = service.store.schedules.get(schedule_id)
    if before is None and service.store.schedules.count() >= plan.max_schedules:
        raise bad_request(f"this plan allows {plan.max_schedules} schedules")
    timetable = Timetable(
        id=schedule_id,
        destination=_destination(destination_after(request, "/v2/schedules/")),
        cron=given.get("cron") or "",
        # Each firing is a message of its own, so a name for duplicates would swallow all but the first.
        options=replace(read_options(given, plan), deduplication_id=None, not_before=None),
        created_at=before.plan.created_at if before else milliseconds(service.clock.now()),
        caller_ip=caller_ip(request),
        queue=checked_name("queue", queue) if queue else None,
    )
    service.store.schedules.put(timetable, body, _first_firing(service, timetable))
    service.scheduler.changed()
    return answer({"scheduleId": schedule_id}, 201)


async def list_schedules(request: Request) -> Response:
    service = service_of(request)
    return answer([_view(service, schedule) for schedule in service.store.schedules.all()])


async def get(request: Request) -> Response:
    return answer(_view(service_of(request), _one(request)))


async def delete(request: Request) -> Response:
    service = service_of(request)
    service.store.schedules.delete(_one(request).plan.id)
    service.scheduler.changed()
    return done()


async def pause(request: Request) -> Response:
    return _set_paused(request, paused=True)


async def resume(request: Request) -> Response:
    """It fires next at its next moment; what the pause held back is gone."""
    return _set_paused(request, paused=False)


def _set_paused(request: Request, *, paused: bool) -> Response:
    service, schedule = service_of(request), _one(request)
    service.store.schedules.pause(schedule.plan.id, paused=paused, next_at=service.scheduler.next_at(schedule.plan))
    service.scheduler.changed()
    return done()


def _one(request: Request) -> Schedule:
    name = request.path_params["id"]
    schedule = service_of(request).store.schedules.get(name)
    if schedule is None:
        raise not_found("schedule", name)
    return schedule


def _destination(text: str) -> str:
    return text if is_group_name(text) else checked_url(text)


def _first_firing(service: Service, timetable: Timetable) -> float:
    try:
        parse_cron(timetable.cron)
        return service.scheduler.next_at(timetable)
    except ValueError as error:
        raise bad_request(str(error)) from error


def _view(service: Service, schedule: Schedule) -> Json:
    plan, options = schedule.plan, schedule.plan.options
    view = {
        "scheduleId": plan.id,
        "destination": plan.destination,
        "cron": plan.cron,
        "createdAt": plan.created_at,
        "callerIP": plan.caller_ip,
        "queueName": plan.queue,
        "retries": options.retries,
        "retryDelayExpression": options.retry_delay,
        "delay": None if options.delay is None else round(options.delay),
        "isPaused": schedule.paused,
        "nextScheduleTime": milliseconds(schedule.next_at),
        "lastScheduleTime": None if schedule.last_at is None else milliseconds(schedule.last_at),
        "lastScheduleStates": _last_states(service, schedule),
        "error": schedule.error,
        **options_view(options),
        **body_view(schedule.body),
    }
    return {name: value for name, value in view.items() if value is not None}


def _last_states(service: Service, schedule: Schedule) -> dict[str, str] | None:
    states = {}
    for message_id in schedule.last_messages:
        stored = service.store.messages.get(message_id)
        if stored is not None:
            states[message_id] = _OUTCOMES.get(stored.state, "IN_PROGRESS")
    return states or None


ROUTES = [
    Route("/v2/schedules", list_schedules, methods=["GET"]),
    Route("/v2/schedules/{id}/pause", pause, methods=["PATCH", "POST"]),
    Route("/v2/schedules/{id}/resume", resume, methods=["PATCH", "POST"]),
    Route("/v2/schedules/{destination:path}", put, methods=["POST"]),
    Route("/v2/schedules/{id}", get, methods=["GET"]),
    Route("/v2/schedules/{id}", delete, methods=["DELETE"]),
]
