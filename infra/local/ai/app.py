"""Puts the server together: which call goes where, and what is kept in memory meanwhile."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from infra.local.ai.bedrock import Bedrock
from infra.local.ai.calls import Log
from infra.local.ai.errors import LocalError, Refusal, answer_not_served, answer_refusal, answer_wrong_order
from infra.local.ai.faults import Fault, FaultOrder
from infra.local.ai.listing import Listing
from infra.local.ai.local_routes import Local
from infra.local.ai.openai import OpenAI
from infra.local.ai.serving import Serving
from infra.local.orders import FaultRoutes, Faults
from shared.clock import World


def create_app(key: str, world: World | None = None) -> Starlette:
    """The server as an ASGI app."""
    world = world or World()
    log, faults = Log(), Faults[Fault]()
    bedrock = Serving(Bedrock(key), faults, log, world)
    openai = Serving(OpenAI(key), faults, log, world)
    models, local = Listing(openai), Local(log)
    return Starlette(
        routes=[
            Route("/model/{model:path}/converse", bedrock.answer, methods=["POST"]),
            Route("/v1/chat/completions", openai.answer, methods=["POST"]),
            Route("/chat/completions", openai.answer, methods=["POST"]),
            Route("/v1/models", models.answer, methods=["GET"]),
            Route("/models", models.answer, methods=["GET"]),
            Route("/local/calls", local.calls, methods=["GET"]),
            Route("/local/calls", local.clear, methods=["DELETE"]),
            *FaultRoutes(faults, FaultOrder, LocalError).routes(),
        ],
        exception_handlers={
            Refusal: answer_refusal,
            LocalError: answer_wrong_order,
            HTTPException: answer_not_served,
        },
    )
