"""An HTTP request on its way into an event, read whole."""

import secrets
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from infra.local.lambda_host.settings import REQUEST_LIMIT

TRACE_HEADER: Final = "x-amzn-trace-id"
_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"})


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it came: nothing is decoded but the header's bytes."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    """Lower-case names, in order, repeated where they were."""
    body: bytes | None
    """None: over the limit."""
    source_ip: str
    trace_id: str

    def header(self, name: str) -> str:
        """All of a header's values, in one."""
        return ",".join(value for key, value in self.headers if key == name)


async def read_call(request: Request, now: float) -> Call:
    """Read a request to its end, keeping no more of its body than may be passed on."""
    body = bytearray()
    async for chunk in request.stream():
        # A client that is still sending would not see an answer, so the rest is read as well.
        if len(body) <= REQUEST_LIMIT:
            body += chunk
    headers = [
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, value in request.headers.raw
        if name.decode("latin-1").lower() not in _HOP_BY_HOP
    ]
    client = request.client.host if request.client else ""
    trace_id = request.headers.get(TRACE_HEADER) or _new_trace(now)
    forwarded = [value for name, value in headers if name == "x-forwarded-for"]
    replaced = {TRACE_HEADER, "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"}
    return Call(
        method=request.method,
        path=request.scope["raw_path"].decode("latin-1"),
        query=request.scope["query_string"].decode("latin-1"),
        headers=(
            *((name, value) for name, value in headers if name not in replaced),
            (TRACE_HEADER, trace_id),
            ("x-forwarded-for", ", ".join([*forwarded, client])),
            ("x-forwarded-port", str(request.url.port or 80)),
            ("x-forwarded-proto", "http"),
        ),
        body=bytes(body) if len(body) <= REQUEST_LIMIT else None,
        source_ip=client,
        trace_id=trace_id,
    )


def _new_trace(now: float) -> str:
    # Not sampled: there is no X-Ray daemon here to send segments to.
    return f"Root=1-{int(now):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled=0"
