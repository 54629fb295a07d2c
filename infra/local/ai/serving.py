"""One call, in the order in which a provider looks at it: credentials, the request, what was ordered, the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from starlette.requests import Request
from starlette.responses import Response

from infra.local.ai.calls import Asked, Call, Credentials, Log
from infra.local.ai.errors import Refusal
from infra.local.ai.faults import Fault, Output
from infra.local.ai.writing import document_of, written
from infra.local.connection import hang_up
from infra.local.orders import Faults
from shared.clock import World

BYTES_A_TOKEN: Final = 4


@dataclass(frozen=True, slots=True)
class Used:
    """Tokens."""

    question: int
    answer: int

    @property
    def all(self) -> int:
        return self.question + self.answer


class Spoken(Protocol):
    """How one provider is spoken to."""

    name: str
    codes: Mapping[int, str]
    """Its word for each status; the last one for any other."""

    def refusal(self, status: int, code: str, message: str, headers: Mapping[str, str]) -> Refusal: ...

    def credentials(self, request: Request) -> Credentials:
        """Raises Refusal."""
        ...

    async def asked(self, request: Request, credentials: Credentials) -> Asked:
        """Raises Refusal."""
        ...

    def said(self, asked: Asked, text: str, output: Output | None, used: Used) -> Response: ...


@dataclass(frozen=True, slots=True)
class Serving:
    spoken: Spoken
    faults: Faults[Fault]
    log: Log
    world: World

    async def answer(self, request: Request) -> Response:
        asked = await self.spoken.asked(request, self.spoken.credentials(request))
        fault = self.faults.take() or Fault()
        call = Call(
            self.spoken.name,
            asked.model,
            asked.credentials,
            system=len(asked.system),
            prompt=len(asked.prompt),
            document=len(document_of(asked.prompt)),
        )
        self.log.add(call)
        if fault.status is not None or fault.drop_request:
            call.answer = str(fault.status or "dropped")
            await self.world.sleep(fault.delay)
            if fault.status is None:
                await hang_up(request.receive)
            raise self.refusal(fault)
        text = written(asked, fault.output)
        used = Used(_tokens(asked.system + asked.prompt), _tokens(text))
        call.tokens = used.all
        call.answer = "dropped" if fault.drop_answer else fault.output or "whole"
        await self.world.sleep(fault.delay)
        if fault.drop_answer:
            await hang_up(request.receive)
        return self.spoken.said(asked, text, fault.output, used)

    def refusal(self, fault: Fault) -> Refusal:
        status = fault.status or 500
        code = fault.code or self.spoken.codes.get(status) or list(self.spoken.codes.values())[-1]
        return self.spoken.refusal(status, code, fault.message, fault.headers)


def _tokens(text: str) -> int:
    return -(-len(text.encode()) // BYTES_A_TOKEN)
