"""Flow controls: look at, pause, resume, pin, unpin, reset; and the limit over all."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.qstash.errors import bad_request, not_found
from infra.local.qstash.flow_header import count, period
from infra.local.qstash.gates import flow_gate
from infra.local.qstash.routes.requests import answer, done, service_of
from infra.local.qstash.service import Service
from infra.local.qstash.store.flows import Flow
from infra.local.qstash.views import Json


async def list_flows(request: Request) -> Response:
    """All, or those whose key holds `search`."""
    service = service_of(request)
    found = service.store.flows.search(request.query_params.get("search", ""))
    return answer([_view(service, flow) for flow in found])


async def get(request: Request) -> Response:
    service, key = service_of(request), request.path_params["key"]
    flow = service.store.flows.get(key)
    if flow is None:
        raise not_found("flow control", key)
    return answer(_view(service, flow))


async def pause(request: Request) -> Response:
    service_of(request).store.flows.pause(request.path_params["key"], paused=True)
    return done()


async def resume(request: Request) -> Response:
    service_of(request).store.flows.pause(request.path_params["key"], paused=False)
    return _reopen(request)


async def pin(request: Request) -> Response:
    """Limits that messages can't change; a rate's period comes with it, a second by default."""
    flows, key, query = service_of(request).store.flows, request.path_params["key"], request.query_params
    if "parallelism" not in query and "rate" not in query:
        raise bad_request("nothing to pin: parallelism or rate is needed")
    limits = {name: count(name, query[name]) for name in ("parallelism", "rate") if name in query}
    seconds = period(query.get("period", "1"))
    flows.ensure(key)
    if "parallelism" in limits:
        flows.pin_parallelism(key, limits["parallelism"])
    if "rate" in limits:
        flows.pin_rate(key, limits["rate"], seconds)
    return _reopen(request)


async def unpin(request: Request) -> Response:
    """The pinned numbers stay until a message brings others."""
    query = request.query_params
    service_of(request).store.flows.unpin(
        request.path_params["key"],
        parallelism=query.get("parallelism") == "true",
        rate=query.get("rate") == "true",
    )
    return _reopen(request)


async def reset_rate(request: Request) -> Response:
    """The present period ends now."""
    service_of(request).gates.reset(request.path_params["key"])
    return _reopen(request)


async def global_parallelism(request: Request) -> Response:
    dispatcher = service_of(request).dispatcher
    return answer({"parallelismMax": dispatcher.parallelism, "parallelismCount": dispatcher.active})


def _reopen(request: Request) -> Response:
    service_of(request).dispatcher.open(flow_gate(request.path_params["key"]))
    return done()


def _view(service: Service, flow: Flow) -> Json:
    window = service.gates.window(flow)
    return {
        "flowControlKey": flow.key,
        "waitListSize": service.store.messages.in_flow(flow.key, service.clock.now()),
        "parallelismMax": flow.parallelism or 0,
        "parallelismCount": service.gates.active(flow.key),
        "rateMax": flow.rate or 0,
        "rateCount": window.count,
        "ratePeriod": flow.period,
        "ratePeriodStart": int(window.start),
        "isPaused": flow.paused,
        "isPinnedParallelism": flow.pinned_parallelism,
        "isPinnedRate": flow.pinned_rate,
    }


ROUTES = [
    Route("/v2/globalParallelism", global_parallelism, methods=["GET"]),
    Route("/v2/flowControl", list_flows, methods=["GET"]),
    Route("/v2/flowControl/{key}", get, methods=["GET"]),
    Route("/v2/flowControl/{key}/pause", pause, methods=["POST"]),
    Route("/v2/flowControl/{key}/resume", resume, methods=["POST"]),
    Route("/v2/flowControl/{key}/pin", pin, methods=["POST"]),
    Route("/v2/flowControl/{key}/unpin", unpin, methods=["POST"]),
    Route("/v2/flowControl/{key}/resetRate", reset_rate, methods=["POST"]),
]
