"""Values as text and back: JSON by type, compressed where that is shorter, with a tag that says which.

    1n          there is no such thing (None)
    1j{..}      JSON
    1z<base64>  zlib's bytes of JSON

The digit is the format's. A text that this code can't read, of another format or of a shape that the type no longer
has, is no error: its reader takes it for a miss, and the next store replaces it.
"""

import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

T = TypeVar("T")

_ABSENT: Final = "1n"
_JSON: Final = "1j"
_ZLIB: Final = "1z"


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What a text says: a value, or None for what is known to be absent."""

    value: T | None


class NotStorable(Exception):
    """`reason` is a word to count it by."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    values: TypeAdapter[T]
    largest: int
    compressed_over: int

    def encode(self, value: T | None) -> str:
        """The value's text. Raises NotStorable when it is too large, or would not come back equal (`==`)."""
        if value is None:
            return _ABSENT
        try:
            json = self.values.dump_json(value, warnings="error")
        # The last is what half of a surrogate pair is to a JSON writer.
        except (PydanticSerializationError, UnicodeEncodeError) as error:
            raise NotStorable("unstorable") from error
        if len(json) > self.largest:
            raise NotStorable("too_large")
        # SecretStr, an excluded field, NaN: what reads well may have become something else.
        if self._read(json) != Read(value):
            raise NotStorable("unstorable")
        if len(json) > self.compressed_over:
            packed = b64encode(zlib.compress(json))
            if len(packed) < len(json):
                return _ZLIB + packed.decode("ascii")
        return _JSON + json.decode()

    def decode(self, text: str) -> Read[T] | None:
        """None for what can't be read."""
        tag, body = text[:2], text[2:]
        if text == _ABSENT:
            return Read(None)
        if tag == _JSON:
            return self._read(body)
        if tag != _ZLIB:
            return None
        try:
            return self._read(self._unpacked(body))
        except (ValueError, zlib.error):  # no base64, no zlib
            return None

    def _read(self, json: str | bytes) -> Read[T] | None:
        try:
            return Read(self.values.validate_json(json))
        except Exception:  # noqa: BLE001 - a type's own validators meet shapes here that they never knew
            return None

    def _unpacked(self, body: str) -> bytes:
        """A few bytes can claim to be very many: no more than may be stored are ever unpacked."""
        unpacking = zlib.decompressobj()
        json = unpacking.decompress(b64decode(body, validate=True), self.largest + 1)
        if len(json) > self.largest or not unpacking.eof:
            raise zlib.error("cut off, or larger than what is stored")
        return json
