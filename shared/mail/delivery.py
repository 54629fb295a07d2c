"""What became of a mail, as Resend's events tell it: a record that no order of the events can change.

For each address, and each kind of event that was told of it, the record keeps the earliest telling. Two records are
joined by taking all that is in either, and the earlier where both have one. That is commutative, associative and
idempotent: events that come late, twice or out of order make the same record. And since a record only grows, its
state, which is the last kind below that is in it, never goes backwards.

    sent < delivery_delayed < soft_bounced < delivered < failed < suppressed < bounced < complained

    delivered beats soft_bounced     an out-of-office answer counts as a soft bounce, and follows the delivery
    bounced beats delivered          a server may take a mail, and send it back later
    complained beats all             who complains has got it

An address has the last state that was told of it, the mail the last of its addresses': delivered to one and bounced
from another, it has bounced, and `addresses` tells whose it was.

In the store: {state, at, addresses: [{address, state, at, told: {kind: {at, why}}}]}, milliseconds since the epoch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final


class Kind(StrEnum):
    """In their order: a later one beats those before it."""

    SENT = "sent"
    DELIVERY_DELAYED = "delivery_delayed"
    SOFT_BOUNCED = "soft_bounced"
    """What Resend calls a bounce that is not permanent: a full mailbox, a server that is away."""
    DELIVERED = "delivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    """Resend has the address on a list of its own, and sent nothing."""
    BOUNCED = "bounced"
    COMPLAINED = "complained"


RANK: Final = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """Compared by time, then by words, so that of two the same one is always the earlier."""

    at: int
    """When Resend made the event."""
    why: str = ""


Delivery = Mapping[str, Mapping[Kind, Told]]
"""By address, then by kind."""


def of(addresses: Iterable[str], kind: Kind, told: Told) -> Delivery:
    """What one event says."""
    return {address: {kind: told} for address in addresses}


def joined(one: Delivery, other: Delivery) -> Delivery:
    return {address: _joined(one.get(address, {}), other.get(address, {})) for address in {**one, **other}}


def _joined(one: Mapping[Kind, Told], other: Mapping[Kind, Told]) -> Mapping[Kind, Told]:
    return {kind: min(told[kind] for told in (one, other) if kind in told) for kind in {**one, **other}}


def last(kinds: Iterable[Kind]) -> Kind:
    return max(kinds, key=RANK.__getitem__)


def to_document(delivery: Delivery) -> dict[str, Any]:
    """The record as it is stored: the same for the same delivery, to the order of its fields."""
    state = last(kind for kinds in delivery.values() for kind in kinds)
    return {
        "state": state.value,
        "at": min(kinds[state].at for kinds in delivery.values() if state in kinds),
        "addresses": [_address(address, delivery[address]) for address in sorted(delivery)],
    }


def _address(address: str, kinds: Mapping[Kind, Told]) -> dict[str, Any]:
    state = last(kinds)
    told = {kind.value: asdict(kinds[kind]) for kind in Kind if kind in kinds}
    return {"address": address, "state": state.value, "at": kinds[state].at, "told": told}


def from_document(document: Mapping[str, Any] | None) -> Delivery:
    """Nothing, where nothing was told yet."""
    return {
        one["address"]: {Kind(kind): Told(**told) for kind, told in one["told"].items()}
        for one in (document or {}).get("addresses", ())
    }
