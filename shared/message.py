"""The thin message that QStash carries: which run, which leg of it, which intention to deliver it.

{"v":1,"run":"<id>","job":"send_email","leg":0,"epoch":0}

Never a payload: QStash's console, events and dead letters would keep it. A message of a newer version (`v`) is for
newer code, which may be on its way: it has to come again.

Beside it stands the probe, which names no run and asks for nothing but an answer: that it was verified.
"""

import json
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, ValidationError

from shared.errors import MalformedMessage, RetryableError

VERSION: Final = 1
LARGEST: Final = 2**31
NEWER_WAIT: Final = 30.0
"""Seconds; a deploy of all functions takes a minute or two."""

PROBE: Final = b'{"v":1,"verify":true}'
"""Byte for byte. Whoever can sign it could as well start a run; an answer to it is all that it gets."""

_Count = Annotated[int, Field(ge=0, le=LARGEST)]


@dataclass(frozen=True, slots=True)
class Message:
    """`leg` counts a long run's deliveries, `epoch` the intentions to deliver it (revivals, replays)."""

    run: str
    job: str
    leg: int
    epoch: int

    def encode(self) -> bytes:
        """Always the same bytes for the same message."""
        return json.dumps({"v": VERSION, **asdict(self)}, separators=(",", ":")).encode()

    def dedup_id(self) -> str:
        """Under this QStash takes an intention once, however often it is published."""
        return f"{self.run}.{self.leg}.{self.epoch}"


@dataclass(frozen=True, slots=True)
class PlainPayload:
    """A body that names no run: a cron's, or a plain publisher's own payload."""

    data: bytes


class _Wire(BaseModel, frozen=True, strict=True, extra="forbid", hide_input_in_errors=True):
    v: Annotated[int, Field(ge=VERSION, le=VERSION)]  # Literal[1] would take true and 1.0
    run: Annotated[str, Field(pattern=r"^[A-Za-z0-9_:.-]{1,200}$")]
    job: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    leg: _Count
    epoch: _Count


def decode(body: bytes) -> Message | PlainPayload:
    """What a delivery's body is; `MalformedMessage` if it is neither a message nor a plain payload, `RetryableError`
    if it is a newer one.

    An empty body, or JSON that is no object with a `run`, is plain: whether that is welcome is the contract's
    to say. The error names the fields that are wrong and quotes nothing of the body.
    """
    if not body:
        return PlainPayload(body)
    try:
        data: Any = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise MalformedMessage("the body is not JSON") from None
    if not isinstance(data, dict) or "run" not in data:
        return PlainPayload(body)
    if type(version := data.get("v")) is int and version > VERSION:
        raise RetryableError(f"message version {version} is newer than this code's {VERSION}", retry_after=NEWER_WAIT)
    try:
        wire = _Wire.model_validate(data)
    except ValidationError as error:
        raise MalformedMessage(f"not a message: {_faults(error)}") from None
    return Message(run=wire.run, job=wire.job, leg=wire.leg, epoch=wire.epoch)


def _faults(error: ValidationError) -> str:
    """Unknown fields are not named: their names are the sender's."""
    wrong = {str(fault["loc"][0]) for fault in error.errors(include_url=False, include_input=False)}
    known = sorted(wrong & _Wire.model_fields.keys())
    return ", ".join([*known, *(["a field that it does not have"] if wrong - set(known) else [])])
