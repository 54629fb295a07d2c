"""The HTTP surface, one module a resource; each offers `ROUTES`, and these are all of them."""

from typing import Final

from infra.local.qstash.routes import (
    dlq,
    events,
    flow_controls,
    keys,
    local,
    messages,
    publish,
    queues,
    schedules,
    url_groups,
)

ALL_ROUTES: Final = [
    route
    for module in (
        publish,
        messages,
        events,
        dlq,
        queues,
        schedules,
        url_groups,
        flow_controls,
        keys,
        local,
    )
    for route in module.ROUTES
]
