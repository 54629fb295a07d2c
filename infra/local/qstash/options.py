"""Reads what a publisher asks for from `Upstash-*` headers (query parameters of the same names count as headers).

A callback has the same options under its own prefix, so one reader serves all three.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from infra.local.qstash.destination import checked_url
from infra.local.qstash.durations import parse_duration
from infra.local.qstash.errors import bad_request
from infra.local.qstash.expression import evaluate
from infra.local.qstash.flow_header import parse_flow
from infra.local.qstash.model import Callback, Headers, Options
from infra.local.qstash.settings import Plan

_METHODS: Final = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH"})
_DEFAULT_RETRIES: Final = 3
# Only a batch can bring such a header: its JSON allows what HTTP does not.
_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_FORBIDDEN: Final = re.compile(r"[\x00\r\n]")
_TRUE: Final = frozenset({"true", "1"})
_CONNECTION: Final = frozenset(
    {
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)
_UNSENDABLE: Final = _CONNECTION - {"authorization", "user-agent", "accept-encoding"}

Pairs = Iterable[tuple[str, str]]


class Given:
    """The headers of one request by lower-case name, or those under one prefix of it."""

    def __init__(self, pairs: Pairs) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            if not _NAME.fullmatch(name) or _FORBIDDEN.search(value):
                raise bad_request(f"invalid header: {name[:60]!r}")
            self._values.setdefault(name.lower(), []).append(value)

    def get(self, name: str) -> str | None:
        """The value of `Upstash-{name}`, stripped; None where it is missing or empty."""
        value = self._values.get(f"upstash-{name}", [""])[0].strip()
        return value or None

    def under(self, prefix: str) -> "Given":
        """`Upstash-{prefix}-X` read as `Upstash-X`."""
        start = f"upstash-{prefix}-"
        return Given(
            (f"upstash-{name.removeprefix(start)}", value)
            for name, values in self._values.items()
            if name.startswith(start)
            for value in values
        )

    def forwarded(self) -> Headers:
        """What the destination gets: Content-Type, `Upstash-Forward-*`, and all others where that is asked for."""
        headers: Headers = {}
        everything = (self.get("header-forward") or "").lower() in _TRUE
        for name, values in self._values.items():
            if name.startswith("upstash-forward-"):
                target = name.removeprefix("upstash-forward-")
                if target and target not in _UNSENDABLE:
                    headers[canonical(target)] = values
            elif name == "content-type" or (everything and not name.startswith("upstash-") and name not in _CONNECTION):
                headers.setdefault(canonical(name), values)
        return headers


def canonical(name: str) -> str:
    """`content-type` as `Content-Type`, which is how QStash shows and sends names."""
    return "-".join(part.capitalize() for part in name.split("-"))


def read_options(given: Given, plan: Plan) -> Options:
    """QStashError 400 for anything that can't be meant or is beyond the plan."""
    redact = (given.get("redact-fields") or "").split(",")
    return replace(
        _common(given, plan),
        callback=_callback(given, "callback", plan),
        failure_callback=_callback(given, "failure-callback", plan),
        redact=tuple(part.strip() for part in redact if part.strip()),
        deduplication_id=given.get("deduplication-id"),
        content_deduplication=(given.get("content-based-deduplication") or "").lower() in _TRUE,
    )


def _common(given: Given, plan: Plan) -> Options:
    """What messages and callbacks both have."""
    return Options(
        method=_method(given.get("method")),
        headers=given.forwarded(),
        retries=_retries(given.get("retries"), plan),
        retry_delay=_expression(given.get("retry-delay")),
        timeout=_duration("timeout", given.get("timeout"), plan.max_timeout),
        delay=_duration("delay", given.get("delay"), plan.max_delay),
        not_before=_moment(given.get("not-before")),
        flow=parse_flow(given.get("flow-control-key"), given.get("flow-control-value")),
        label=given.get("label"),
    )


def _callback(given: Given, name: str, plan: Plan) -> Callback | None:
    url = given.get(name)
    return None if url is None else Callback(checked_url(url), _common(given.under(name), plan))


def _method(text: str | None) -> str:
    method = (text or "POST").upper()
    if method not in _METHODS:
        raise bad_request(f"invalid method: {method[:20]!r}")
    return method


def _retries(text: str | None, plan: Plan) -> int:
    if text is None:
        return min(_DEFAULT_RETRIES, plan.max_retries)
    if not text.isascii() or not text.isdigit():
        raise bad_request("invalid retries: a number is expected")
    if len(text) > 6 or int(text) > plan.max_retries:
        raise bad_request(f"invalid retries: this plan allows {plan.max_retries}")
    return int(text)


def _expression(text: str | None) -> str | None:
    if text is not None:
        try:
            evaluate(text, retried=0)
        except ValueError as error:
            raise bad_request(str(error)) from error
    return text


def _duration(what: str, text: str | None, longest: int) -> float | None:
    if text is None:
        return None
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise bad_request(f"invalid {what}: {error}") from error
    if seconds > longest:
        raise bad_request(f"invalid {what}: this plan allows {longest} seconds")
    return seconds


def _moment(text: str | None) -> float | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise bad_request("invalid not-before: unix seconds are expected")
    return float(text)
