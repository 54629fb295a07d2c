"""What QStash says of a message that it has given up, read from the callback's body.

Only those fields are named that are read (https://upstash.com/docs/qstash/features/callbacks): the destination's answer
and headers may hold what no log should.
"""

from base64 import b64decode
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError
from pydantic.alias_generators import to_camel

from shared.errors import MalformedMessage
from shared.message import Message, decode

_Id = Annotated[str, Field(max_length=300)]


@dataclass(frozen=True, slots=True)
class Callback:
    """`message` is None where the message named no run: a cron's, or a plain publisher's."""

    message: Message | None
    message_id: str | None
    dlq_id: str | None
    status: int | None
    """What the last try was answered."""
    retried: int | None


class _Wire(BaseModel, frozen=True, extra="ignore", hide_input_in_errors=True, alias_generator=to_camel):
    source_body: str
    source_message_id: _Id | None = None
    dlq_id: _Id | None = None
    status: int | None = None
    retried: int | None = None


def read_callback(body: bytes) -> Callback:
    """Raises MalformedMessage for a body that is no callback of QStash's."""
    try:
        wire = _Wire.model_validate_json(body)
        source = b64decode(wire.source_body, validate=True)
    except ValidationError as error:
        fields = sorted({str(fault["loc"][0]) if fault["loc"] else "body" for fault in error.errors()})
        raise MalformedMessage(f"not a failure callback: {', '.join(fields)}") from None
    except ValueError:
        raise MalformedMessage("not a failure callback: sourceBody") from None
    return Callback(
        message=_named(source),
        message_id=wire.source_message_id,
        dlq_id=wire.dlq_id or None,
        status=wire.status,
        retried=wire.retried,
    )


def _named(source: bytes) -> Message | None:
    """The thin message; None for every other body, among them those that our own jobs answered with 489."""
    try:
        message = decode(source)
    except MalformedMessage:
        return None
    return message if isinstance(message, Message) else None
