"""Writes what a callback says about an attempt; it travels as a message of its own."""

import json
from base64 import b64encode
from dataclasses import replace

from infra.local.qstash.clock import milliseconds
from infra.local.qstash.model import Answer, Attempt, Callback, Message


def callback_message(
    callback: Callback, attempt: Attempt, answer: Answer, *, message_id: str, now: float, dlq_id: str | None = None
) -> tuple[Message, bytes]:
    """The message and its JSON body; with `dlq_id`, a failure callback."""
    source = attempt.message
    says: dict[str, object] = {
        "status": answer.status,
        "header": answer.headers,
        "body": b64encode(answer.body or (answer.error or "").encode()).decode(),
        "retried": attempt.retried,
        "maxRetries": source.options.retries,
        "sourceMessageId": source.id,
        "url": source.url,
        "method": source.options.method,
        "sourceHeader": source.options.headers,
        "sourceBody": b64encode(attempt.body).decode(),
        "notBefore": source.not_before,
        "createdAt": source.created_at,
        "callerIP": source.caller_ip,
    }
    optional = {
        "topicName": source.topic,
        "endpointName": source.endpoint,
        "scheduleId": source.schedule_id,
        "dlqId": dlq_id,
    }
    says |= {name: value for name, value in optional.items() if value is not None}
    headers = callback.options.headers | {"Content-Type": ["application/json"]}
    message = Message(
        id=message_id,
        url=callback.url,
        options=replace(callback.options, headers=headers),
        created_at=milliseconds(now),
        not_before=milliseconds(now + (callback.options.delay or 0.0)),
        caller_ip=source.caller_ip,
    )
    return message, json.dumps(says).encode()
