"""Turns a list's query parameters into a condition; an unknown one is refused, lest a bulk delete deletes all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from infra.local.qstash.errors import bad_request
from infra.local.qstash.store.database import Value

# Query parameter -> (column, comparison). Several values of one parameter mean any of them.
_COMMON: Final = {
    "url": "url",
    "topicName": "topic",
    "urlGroup": "topic",
    "queueName": "queue",
    "queue": "queue",
    "scheduleId": "schedule_id",
    "label": "label",
    "flowControlKey": "flow_key",
}
MESSAGE_COLUMNS: Final = _COMMON | {"messageId": "id", "messageIds": "id", "callerIp": "caller_ip"}
EVENT_COLUMNS: Final = _COMMON | {"messageId": "message_id", "messageIds": "message_id", "state": "state"}
DLQ_COLUMNS: Final = _COMMON | {
    "messageId": "message_id",
    "messageIds": "message_id",
    "dlqId": "id",
    "dlqIds": "id",
    "responseStatus": "status",
    "callerIp": "caller_ip",
}
_MOST: Final = 10_000
_PAGING: Final = frozenset({"cursor", "count", "order", "qstash_token"})


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition whose names come from the tables above and whose values are bound."""

    sql: str = "1"
    values: tuple[Value, ...] = ()

    def __and__(self, other: "Filter") -> "Filter":
        return Filter(f"{self.sql} AND {other.sql}", self.values + other.values)


def any_of(column: str, values: Sequence[str]) -> Filter:
    if not values:
        return Filter("0")
    if len(values) > _MOST:
        raise bad_request(f"too many values: {_MOST} at most")
    return Filter(f"{column} IN ({', '.join('?' * len(values))})", tuple(values))


def read_filter(given: Mapping[str, Sequence[str]], columns: Mapping[str, str], time_column: str = "time") -> Filter:
    """400 for an unknown parameter or a date that is no number (milliseconds, both ends included)."""
    condition = Filter()
    for name, values in given.items():
        if name in _PAGING:
            continue
        if name in {"fromDate", "toDate"}:
            sign = ">=" if name == "fromDate" else "<="
            condition &= Filter(f"{time_column} {sign} ?", (number(name, values[0]),))
        elif name in columns:
            wanted = [part for value in values for part in _split(name, value)]
            condition &= any_of(columns[name], wanted)
        else:
            raise bad_request(f"unknown filter: {name[:40]!r}")
    return condition


def number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise bad_request(f"invalid {name}: a number is expected")
    return int(text)


def _split(name: str, value: str) -> list[str]:
    """Lists of ids come repeated or with commas; everything else may hold a comma of its own."""
    return [part for part in value.split(",") if part] if name.endswith("Ids") else [value]
