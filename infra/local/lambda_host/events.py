"""The event that a Function URL or an HTTP API makes of a request: payload format 2.0.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from infra.local.lambda_host.call import Call

_TEXT: Final = frozenset({"application/json", "application/javascript", "application/xml"})
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Door:
    """What an event says of the way by which it came."""

    domain: str
    """`127.0.0.1:PORT`, where AWS has `ID.lambda-url.REGION.on.aws`: what was assigned, not what the caller said."""
    account: str = "anonymous"
    route_key: str = "$default"
    path_parameters: Mapping[str, str] = field(default_factory=dict)


def http_event(call: Call, door: Door, *, request_id: str, now: float) -> dict[str, Any]:
    """The event of one request."""
    cookies = [part.strip() for part in ";".join(_values(call, "cookie")).split(";") if part.strip()]
    body, encoded = _body(call)
    api_id = door.domain.partition(":")[0].partition(".")[0]
    return {
        "version": "2.0",
        "routeKey": door.route_key,
        "rawPath": call.path,
        "rawQueryString": call.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": _joined(pair for pair in call.headers if pair[0] != "cookie"),
        **({"queryStringParameters": query} if (query := _query(call.query)) else {}),
        **({"pathParameters": dict(door.path_parameters)} if door.path_parameters else {}),
        "requestContext": {
            "accountId": door.account,
            "apiId": api_id,
            "domainName": door.domain,
            "domainPrefix": api_id,
            "http": {
                "method": call.method,
                "path": call.path,
                "protocol": "HTTP/1.1",
                "sourceIp": call.source_ip,
                "userAgent": call.header("user-agent"),
            },
            "requestId": request_id,
            "routeKey": door.route_key,
            "stage": "$default",
            "time": _common_log_time(now),
            "timeEpoch": int(now * 1000),
        },
        **({} if body is None else {"body": body}),
        "isBase64Encoded": encoded,
    }


def _values(call: Call, name: str) -> list[str]:
    return [value for key, value in call.headers if key == name]


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Repeated names become one, their values separated by commas."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _query(query: str) -> dict[str, str]:
    return _joined(parse_qsl(query, keep_blank_values=True))


def _body(call: Call) -> tuple[str | None, bool]:
    """The body and whether it is base64: what is not known to be text is."""
    if not call.body:
        return None, False
    kind = call.header("content-type").partition(";")[0].strip().lower()
    if (kind in _TEXT or kind.startswith("text/")) and not call.header("content-encoding"):
        try:
            return call.body.decode(), False
        except UnicodeDecodeError:
            pass  # said to be text, but is not: only base64 carries it unchanged
    return base64.b64encode(call.body).decode(), True


def _common_log_time(now: float) -> str:
    at = datetime.fromtimestamp(now, UTC)
    # strftime's %b would follow the locale.
    return at.strftime(f"%d/{_MONTHS[at.month - 1]}/%Y:%H:%M:%S +0000")
