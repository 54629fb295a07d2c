"""How messages, dead letters and events look in JSON; the wire spells the same thing differently in each."""

import hashlib
from base64 import b64encode
from typing import Any

from infra.local.qstash.model import Callback, FlowControl, Headers, Message, Options
from infra.local.qstash.store.dlq import DeadLetter
from infra.local.qstash.store.events import Event

Json = dict[str, Any]


def message_view(message: Message, body: bytes | None) -> Json:
    options = message.options
    return _without_none(
        {
            "messageId": message.id,
            "url": message.url,
            **_body(options, body),
            **_origin(message),
            "maxRetries": options.retries,
            "retryDelayExpression": options.retry_delay,
            "notBefore": message.not_before,
            **options_view(options),
        }
    )


def options_view(options: Options) -> Json:
    """What messages and schedules share."""
    return {
        "method": options.method,
        "header": _headers(options, options.headers),
        "callback": _url(options.callback),
        "callbackHeader": _callback_headers(options.callback),
        "failureCallback": _url(options.failure_callback),
        "failureCallbackHeader": _callback_headers(options.failure_callback),
        "timeout": _seconds(options.timeout),
        "label": options.label,
        **flow_view(options.flow),
    }


def flow_view(flow: FlowControl | None) -> Json:
    if flow is None:
        return {}
    return {"flowControlKey": flow.key, "parallelism": flow.parallelism, "rate": flow.rate, "period": flow.period}


def letter_view(letter: DeadLetter) -> Json:
    return {
        **message_view(letter.message, letter.body),
        "dlqId": letter.id,
        "responseStatus": letter.answer.status,
        "responseHeader": letter.answer.headers,
        **_bytes("responseBody", letter.answer.body),
    }


def event_view(event: Event) -> Json:
    """Events have names of their own: retryDelayExpr, callbackHeaders, and a body that is always base64."""
    options = event.message.options
    view = message_view(event.message, None)
    callbacks = {
        "callbackHeaders": view.pop("callbackHeader", None),
        "failureCallbackHeaders": view.pop("failureCallbackHeader", None),
    }
    body = None if event.body is None else b64encode(_redacted_body(options, event.body)).decode()
    view |= {"time": event.time, "state": event.state, "retryDelayExpr": view.pop("retryDelayExpression", None)}
    return _without_none(view | callbacks | {"body": body} | event.details)


def _origin(message: Message) -> Json:
    return {
        "topicName": message.topic,
        "endpointName": message.endpoint,
        "queueName": message.queue,
        "scheduleId": message.schedule_id,
        "callerIP": message.caller_ip,
        "createdAt": message.created_at,
    }


def _body(options: Options, body: bytes | None) -> Json:
    return {} if body is None else _bytes("body", _redacted_body(options, body))


def body_view(body: bytes) -> Json:
    return _bytes("body", body)


def _bytes(name: str, value: bytes) -> Json:
    """As text where it is UTF-8, else as base64 under another name."""
    try:
        return {name: value.decode()}
    except UnicodeDecodeError:
        return {f"{name}Base64": b64encode(value).decode()}


def _redacted_body(options: Options, body: bytes) -> bytes:
    return _mask(body).encode() if "body" in options.redact else body


def _headers(options: Options, headers: Headers) -> Headers:
    hidden = {field.removeprefix("header[").removesuffix("]").lower() for field in options.redact}
    everything = "header" in options.redact
    return {
        name: [_mask(value.encode()) for value in values] if everything or name.lower() in hidden else values
        for name, values in headers.items()
    }


def _mask(value: bytes) -> str:
    return f"REDACTED:{hashlib.sha256(value).hexdigest()}"


def _url(callback: Callback | None) -> str | None:
    return callback.url if callback else None


def _callback_headers(callback: Callback | None) -> Headers | None:
    return (callback.options.headers or None) if callback else None


def _seconds(value: float | None) -> int | None:
    return None if value is None else round(value)


def _without_none(view: Json) -> Json:
    return {name: value for name, value in view.items() if value is not None}
