"""Whether the process answers. It asks nobody else: what the API stands on has probes of its own."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel


class Health(BaseModel):
    status: Literal["ok"] = "ok"


async def health() -> Health:
    return Health()


def router() -> APIRouter:
    made = APIRouter(tags=["service"])
    made.add_api_route("/health", health, summary="Is it there?")
    return made
