"""The application: its routers, and what stands around them.

Door (id, log line, headers) -> Cors -> LimitHeaders -> Guard (size, faults) -> routes
"""

from fastapi import FastAPI
from fastapi.middleware import Middleware

from functions.api import documented, faults
from functions.api.cors import Cors
from functions.api.door import Door
from functions.api.guard import Guard
from functions.api.limits import LimitHeaders
from functions.api.routes import (
    api_keys,
    documents,
    health,
    jobs,
    magic_links,
    operations,
    reports,
    search,
    sessions,
    sign_in,
    start,
    suppressions,
    uploads,
    users,
)
from functions.api.services import Services


def create_app(services: Services) -> FastAPI:
    app = FastAPI(
        title="Millrace",
        docs_url=None,  # its page loads scripts from a CDN; /openapi.json is what tools read
        redoc_url=None,
        redirect_slashes=False,  # a redirect is built from the Host header
        middleware=[
            Middleware(
                Door, world=services.world, log=services.log, https=not services.local, on_degraded=services.on_degraded
            ),
            Middleware(Cors, origins=services.cors_origins),
            Middleware(LimitHeaders),
            Middleware(Guard, world=services.world, log=services.log),
        ],
    )
    app.state.services = services
    faults.install(app)
    documented.install(app, server=services.app_url)
    routers = (
        health.router(),
        sign_in.router(),
        magic_links.router(),
        sessions.router(),
        api_keys.router(),
        start.router(services.enqueuer.contracts),
        jobs.router(),
        operations.router(),
        uploads.router(services.upload_limits),
        documents.router(),
        reports.router(),
        search.router(),
        suppressions.router(),
        users.router(),
    )
    app.state.routes = [route for router in routers for route in router.routes]
    app.router.routes.extend(app.state.routes)  # including a router would look into each of its routes a second time
    return app
