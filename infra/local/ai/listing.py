"""OpenAI's list of models: it costs no tokens, and as it is no question, it is not among the calls.

https://platform.openai.com/docs/api-reference/models/list
"""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.ai.faults import Fault
from infra.local.ai.serving import Serving
from infra.local.connection import hang_up

MODEL: Final = "local-model"
"""The one that is listed; any other is served as well."""


@dataclass(frozen=True, slots=True)
class Listing:
    serving: Serving

    async def answer(self, request: Request) -> Response:
        serving = self.serving
        serving.spoken.credentials(request)
        fault = serving.faults.take() or Fault()
        await serving.world.sleep(fault.delay)
        if fault.drop_request or fault.drop_answer:
            await hang_up(request.receive)
        if fault.status is not None:
            raise serving.refusal(fault)
        model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "local"}
        return JSONResponse({"object": "list", "data": [model]})
