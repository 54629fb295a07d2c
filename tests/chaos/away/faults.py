"""What each column of the table is on the wire, service by service, in the service's own words where it has some.

    down         refused connections; or connections that break before the answer comes
    slow         the service does what it is asked, and its answer does not come while anybody waits for it
    errors       every question is answered with a failure of the service's own
    garbage      answers that are none of its own: a proxy's page with status 200, half of a text, other types
    throttling   what it says to an account that asks too much

MongoDB throttles in two ways: Atlas Flex and M0 slow everything down (that is "slow"), and from MongoDB 8.2 on a busy
server refuses with IngressRequestRateLimitExceeded (462) and labels for the driver's own back-off.
https://www.mongodb.com/docs/atlas/reference/flex-limitations/
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from infra.local.faults import Fault, http_answer, mongo_error, raw
from tests.chaos.away.table import Mode

Hold = Callable[[], Awaitable[Any]]
"""Waits until the fault is lifted."""
Make = Callable[[Hold], Fault | None]
"""The fault that every exchange meets; None: connections are refused."""

PAGE: Final = "<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>"


def _said(status: int, body: object, headers: Mapping[str, str] | None = None, *, done: bool = False) -> Make:
    return lambda _: Fault(forwarded=done, answer=http_answer(status, body, headers))


def _refused(_: Hold) -> Fault | None:
    return None


def _broken(_: Hold) -> Fault:
    return Fault(forwarded=True)


def _silent(hold: Hold) -> Fault:
    return Fault(forwarded=True, then=hold)


def _deaf(hold: Hold) -> Fault:
    return Fault(forwarded=False, then=hold)


def _mongo(code: int, name: str, *labels: str) -> Make:
    return lambda _: Fault(forwarded=False, answer=mongo_error(code, name, *labels))


def _bytes(said: bytes) -> Make:
    return lambda _: Fault(forwarded=False, answer=raw(said))


_HALF: Final = b"HTTP/1.1 200 \r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n" + b'{"result": "'

_EVERYWHERE: Final[Mapping[Mode, Mapping[str, Make]]] = {
    Mode.DOWN: {"refused": _refused, "broken": _broken},
    Mode.SLOW: {"silent": _silent, "deaf": _deaf},
}
_HTTP_GARBAGE: Final[Mapping[str, Make]] = {
    "page": _said(200, PAGE, done=True),
    "half": _bytes(_HALF),
    "list": _said(200, []),
    "word": _said(200, "null"),
}


def _aws(status: int, kind: str) -> Make:
    return _said(status, {"message": "it is away"}, {"x-amzn-ErrorType": kind})


_XML: Final = {"Content-Type": "application/xml"}


def _s3(code: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>it is away</Message></Error>'


FAULTS: Final[Mapping[str, Mapping[Mode, Mapping[str, Make]]]] = {
    "mongodb": {
        **_EVERYWHERE,
        Mode.ERRORS: {
            "shutdown": _mongo(91, "ShutdownInProgress"),
            "interrupted": _mongo(11600, "InterruptedAtShutdown", "RetryableWriteError"),
            "credentials": _mongo(13, "Unauthorized"),
        },
        Mode.GARBAGE: {
            "page": _bytes(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
            "opcode": _bytes((40).to_bytes(4, "little") + bytes(8) + (7).to_bytes(4, "little") + bytes(24)),
        },
        Mode.THROTTLING: {
            "overloaded": _mongo(462, "IngressRequestRateLimitExceeded", "SystemOverloadedError", "RetryableError"),
        },
    },
    "redis": {
        **_EVERYWHERE,
        Mode.ERRORS: {
            "server": _said(500, {"error": "ERR internal error"}),
            "oom": _said(400, {"error": "OOM command not allowed when used memory > 'maxmemory'."}),
            "unauthorized": _said(401, {"error": "Unauthorized"}),
        },
        Mode.GARBAGE: {
            **_HTTP_GARBAGE,
            "types": _said(200, {"result": {"a": [1, None]}}),
            "text": _said(200, {"result": "OK"}),
            "nothing": _said(200, {"result": None}),
        },
        Mode.THROTTLING: {
            "daily": _said(400, {"error": "ERR max requests limit exceeded. Limit: 500000, Usage: 500000."}),
            "burst": _said(429, {"error": "ERR max request per second limit exceeded"}),
        },
    },
    "qstash": {
        **_EVERYWHERE,
        Mode.ERRORS: {
            "server": _said(500, {"error": "internal server error"}),
            "unauthorized": _said(401, {"error": "unauthorized"}),
            "gateway": _said(404, PAGE),
        },
        Mode.GARBAGE: {**_HTTP_GARBAGE, "types": _said(201, {"messageId": 5})},
        Mode.THROTTLING: {
            "burst": _said(
                429,
                {"error": "burst rate limit exceeded"},
                {"Burst-RateLimit-Limit": "100", "Burst-RateLimit-Remaining": "0", "Burst-RateLimit-Reset": "1"},
            ),
            "daily": _said(
                429,
                {"error": "daily message limit exceeded"},
                {"RateLimit-Limit": "1000", "RateLimit-Remaining": "0", "RateLimit-Reset": "1"},
            ),
        },
    },
    "resend": {
        **_EVERYWHERE,
        Mode.ERRORS: {
            "server": _said(
                500, {"statusCode": 500, "name": "internal_server_error", "message": "An unexpected error occurred."}
            ),
            "page": _said(502, PAGE),
            "key": _said(403, {"statusCode": 403, "name": "invalid_api_key", "message": "API key is invalid"}),
        },
        Mode.GARBAGE: {**_HTTP_GARBAGE, "types": _said(200, {"id": 5}, done=True)},
        Mode.THROTTLING: {
            "rate": _said(
                429,
                {"statusCode": 429, "name": "rate_limit_exceeded", "message": "Too many requests."},
                {"Retry-After": "1", "ratelimit-limit": "2", "ratelimit-remaining": "0", "ratelimit-reset": "1"},
            ),
        },
    },
    "storage": {
        **_EVERYWHERE,
        Mode.ERRORS: {
            "server": _said(500, _s3("InternalError"), _XML),
            "credentials": _said(403, _s3("InvalidAccessKeyId"), _XML),
        },
        Mode.GARBAGE: _HTTP_GARBAGE,
        Mode.THROTTLING: {
            "slow_down": _said(503, _s3("SlowDown"), _XML),
            "burst": _said(429, _s3("TooManyRequests"), {**_XML, "Retry-After": "1"}),
        },
    },
    "ai": {
        **_EVERYWHERE,
        Mode.ERRORS: {
            "server": _aws(500, "InternalServerException"),
            "timeout": _aws(408, "ModelTimeoutException"),
            "credentials": _aws(403, "AccessDeniedException"),
            "model": _aws(404, "ResourceNotFoundException"),
            "page": _said(502, PAGE),
        },
        Mode.GARBAGE: {
            **_HTTP_GARBAGE,
            "types": _said(200, {"output": {"message": {"content": 5}}, "stopReason": "tool_use"}, done=True),
        },
        Mode.THROTTLING: {
            "burst": _aws(429, "ThrottlingException"),
            "busy": _aws(503, "ServiceUnavailableException"),
            "cold": _aws(429, "ModelNotReadyException"),
            "quota": _aws(400, "ServiceQuotaExceededException"),
        },
    },
}
"""The first of each is what the short form walks."""
