"""`PUT /local/webhook`, which is not Resend's: tells this server, while it runs, who is told of mails, and of which."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.resend.endpoint import Endpoint
from infra.local.resend.errors import validation
from infra.local.resend.hooks import EVERY, Hooks
from shared.clock import World


class _Asked(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    url: str
    secret: str
    events: tuple[str, ...] = EVERY


@dataclass(frozen=True, slots=True)
class Subscribing:
    """`changed` is called after it: events may be waiting from before a restart."""

    hooks: Hooks
    world: World
    changed: Callable[[], None]

    async def subscribe(self, request: Request) -> Response:
        try:
            asked = _Asked.model_validate_json(await request.body())
            self.hooks.put_local(Endpoint(asked.url, asked.secret), now=self.world.now(), events=asked.events)
        except ValidationError:
            raise validation("The body must be `url` and `secret`, and may have `events`.") from None
        except ValueError as error:  # of base64 as well, in words that quote nothing
            raise validation(str(error)) from None
        self.changed()
        return JSONResponse({"url": asked.url})
