"""What one item of a batch looks like."""

from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from infra.local.qstash.errors import bad_request


class BatchItem(BaseModel):
    model_config = ConfigDict(frozen=True)

    destination: str
    headers: dict[str, str] = {}
    body: str | None = None
    queue: str | None = None

    def raw(self) -> bytes:
        return (self.body or "").encode()


_ITEMS: Final = TypeAdapter(list[BatchItem])


def read_batch(raw: bytes) -> list[BatchItem]:
    """400 where it is no list of items."""
    try:
        return _ITEMS.validate_json(raw)
    except ValidationError as error:
        raise bad_request("invalid batch: a list of {destination, headers, body} is expected") from error
