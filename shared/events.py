"""Turns what AWS hands to a function into the one request that the job runtime reads.

    payload 2.0     Function URLs and HTTP APIs: names in lower case, a repeated header joined by a comma
    payload 1.0     REST APIs: names as they were sent, repeats apart in `multiValueHeaders`

Both come out the same: lower-case names, repeats joined by a comma. A repeat of a header of which only one
may exist is therefore told by its comma: no honest `Upstash-Signature` has one, and the verifier refuses it.
Nothing is believed yet, so whatever can't be read is a `SignatureError`: the caller has not proven who it is.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, Field, ValidationError
from pydantic.alias_generators import to_camel

from shared.errors import ConfigurationError, SignatureError
from shared.refusals import Refusal

MAX_BODY: Final = 256 * 1024
"""Bytes of a message that the job runtime takes; a larger one is answered 489 once it is verified."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. Headers and body stay out of its repr, and so out of logs."""

    method: str
    url: str
    """What QStash must have signed for, as far as AWS's routing or the configuration can tell."""
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    source_ip: str
    request_id: str | None = None


def read_event(event: object, *, scheme: str = "https", delivery_url: str = "") -> Request:
    """The request in an event; `scheme` is `http` in the local stage only, `delivery_url` empty for none.

    Without a configured URL it is the one that AWS routed by: domain, path and query of a Function URL. A
    configured URL stands for the whole of it, its own query included and the event's left out: it is what
    QStash was given, and QStash signs that to the letter, while a gateway may have mapped the path and
    respelt the query. What a caller adds to the query is signed by nobody, and nobody reads it.
    """
    parsed = _parse(_V2 if isinstance(event, Mapping) and event.get("version") == "2.0" else _V1, event)
    return Request(
        method=parsed.method.upper(),
        url=delivery_url or parsed.url(scheme),
        headers=_joined(parsed.header_items()),
        body=_bytes(parsed.body, base64_encoded=parsed.is_base64_encoded),
        source_ip=parsed.source_ip,
        request_id=parsed.request_context.request_id,
    )


class _Part(
    BaseModel,
    frozen=True,
    extra="ignore",
    hide_input_in_errors=True,
    alias_generator=to_camel,
    defer_build=True,  # a function meets one of the two forms
):
    """Only those fields are named that are read: AWS adds to them as it likes."""


class _Http(_Part):
    method: str
    source_ip: str = ""


class _ContextV2(_Part):
    domain_name: str
    request_id: str | None = None
    http: _Http


class _Body(_Part):
    body: str | None = None
    is_base64_encoded: bool = False


class _V2(_Body):
    raw_path: str
    raw_query_string: str = ""
    headers: dict[str, str] | None = None
    request_context: _ContextV2

    @property
    def method(self) -> str:
        return self.request_context.http.method

    @property
    def source_ip(self) -> str:
        return self.request_context.http.source_ip

    def header_items(self) -> Iterable[tuple[str, str]]:
        return (self.headers or {}).items()

    def url(self, scheme: str) -> str:
        query = f"?{self.raw_query_string}" if self.raw_query_string else ""
        return f"{scheme}://{self.request_context.domain_name}{self.raw_path}{query}"


class _Identity(_Part):
    source_ip: str = ""


class _ContextV1(_Part):
    request_id: str | None = None
    identity: _Identity = Field(default_factory=_Identity)


class _V1(_Body):
    http_method: str
    headers: dict[str, str] | None = None
    multi_value_headers: dict[str, list[str]] | None = None
    request_context: _ContextV1

    @property
    def method(self) -> str:
        return self.http_method

    @property
    def source_ip(self) -> str:
        return self.request_context.identity.source_ip

    def header_items(self) -> Iterable[tuple[str, str]]:
        if self.multi_value_headers is None:
            return (self.headers or {}).items()
        return ((name, value) for name, values in self.multi_value_headers.items() for value in values)

    def url(self, scheme: str) -> str:
        raise ConfigurationError(
            f"DELIVERY_URL must be set: a REST API does not tell the {scheme} URL it was called by"
        )


def _parse(kind: type[_V2] | type[_V1], event: object) -> _V2 | _V1:
    try:
        return kind.model_validate(event)
    except ValidationError:
        raise SignatureError(Refusal.EVENT) from None


def _joined(items: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    headers: dict[str, str] = {}
    for name, value in items:
        lower = name.lower()
        headers[lower] = f"{headers[lower]},{value}" if lower in headers else value
    return MappingProxyType(headers)


def _bytes(body: str | None, *, base64_encoded: bool) -> bytes:
    if body is None:
        return b""
    try:
        return base64.b64decode(body, validate=True) if base64_encoded else body.encode("utf-8")
    except ValueError:
        raise SignatureError(Refusal.UNREADABLE_BODY) from None
