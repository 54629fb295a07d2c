"""`PUT /local/webhook`, which is not Resend's: tells this server, while it runs, who is told of mails."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.resend.errors import validation
from infra.local.resend.webhooks import Endpoint, Subscription


class _Asked(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Subscribing:
    """`changed` is called after it: events may be waiting from before a restart."""

    subscription: Subscription
    changed: Callable[[], None]

    async def subscribe(self, request: Request) -> Response:
        try:
            asked = _Asked.model_validate_json(await request.body())
            self.subscription.endpoint = Endpoint(asked.url, asked.secret)
        except ValidationError:
            raise validation("The body must be `url` and `secret`.") from None
        except ValueError as error:  # of base64 as well, in words that quote nothing
            raise validation(str(error)) from None
        self.changed()
        return JSONResponse({"url": asked.url})
