"""What became of a mail is the same record in whatever order, and however often, its events are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.mail import delivery
from shared.mail.addresses import canonical
from shared.mail.delivery import RANK, Delivery, Kind, Told, from_document, joined, last, of, to_document

ADDRESSES = st.lists(st.sampled_from(["ann@race.dev", "bo@race.dev", "cy.d@race.dev"]), min_size=1, unique=True)
EVENTS = st.builds(of, ADDRESSES, st.sampled_from(Kind), st.builds(Told, st.integers(0, 5), st.sampled_from(["", "x"])))


def record(events: list[Delivery]) -> Delivery:
    found: Delivery = {}
    for event in events:
        found = joined(found, event)
    return found


@given(st.lists(EVENTS, min_size=1, max_size=8).flatmap(lambda events: st.tuples(st.just(events), st.data())))
def test_any_order_and_any_repeats_make_the_same_record(drawn: tuple[list[Delivery], st.DataObject]) -> None:
    events, data = drawn
    shuffled = data.draw(st.permutations(events))
    repeated = shuffled + data.draw(st.lists(st.sampled_from(events), max_size=4))
    assert to_document(record(repeated)) == to_document(record(events))


@given(st.lists(EVENTS, max_size=6), EVENTS)
def test_a_state_never_goes_backwards(before: list[Delivery], event: Delivery) -> None:
    """Neither an address's nor the mail's, whatever is told next."""
    old, new = record(before), record([*before, event])
    assert all(RANK[last(new[address])] >= RANK[last(kinds)] for address, kinds in old.items())
    if old:
        assert RANK[to_document(new)["state"]] >= RANK[to_document(old)["state"]]


@given(st.lists(EVENTS, min_size=1, max_size=6))
def test_a_record_is_read_as_it_was_stored(events: list[Delivery]) -> None:
    found = record(events)
    assert from_document(to_document(found)) == found


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        (["sent"], "sent"),
        (["sent", "delivery_delayed", "delivered"], "delivered"),
        (["delivered", "soft_bounced"], "delivered"),
        (["delivery_delayed", "soft_bounced"], "soft_bounced"),
        (["delivered", "bounced"], "bounced"),
        (["delivered", "complained"], "complained"),
        (["sent", "suppressed"], "suppressed"),
        (["sent", "failed"], "failed"),
    ],
)
def test_the_later_state_stands(kinds: list[Kind], state: str) -> None:
    assert to_document(record([of(["a"], Kind(kind), Told(1)) for kind in kinds]))["state"] == state


def test_each_address_has_its_own_state_and_the_mail_the_gravest() -> None:
    found = to_document(record([of(["a", "b"], Kind.SENT, Told(1)), of(["b"], Kind.DELIVERED, Told(3)), BOUNCED_A]))
    assert (found["state"], found["at"]) == ("bounced", 2)
    assert [(one["address"], one["state"], one["at"]) for one in found["addresses"]] == [
        ("a", "bounced", 2),
        ("b", "delivered", 3),
    ]


BOUNCED_A = of(["a"], Kind.BOUNCED, Told(2, "no such mailbox"))


@pytest.mark.parametrize("times", [(1, 2), (2, 1)])
def test_of_two_tellings_of_one_kind_the_earlier_stands(times: tuple[int, int]) -> None:
    found = to_document(record([of(["a"], Kind.DELIVERED, Told(at)) for at in times]))
    assert (found["at"], found["addresses"][0]["at"]) == (1, 1)


def test_nothing_is_lost_of_what_was_told_before() -> None:
    (address,) = to_document(record([of(["a"], Kind.SENT, Told(1)), BOUNCED_A]))["addresses"]
    assert address["told"] == {"sent": {"at": 1, "why": ""}, "bounced": {"at": 2, "why": "no such mailbox"}}


def test_of_a_mail_that_nothing_was_told_of_nothing_is_known() -> None:
    assert from_document(None) == {}


@pytest.mark.parametrize("kind", delivery.Kind)
def test_a_kind_beats_all_those_before_it(kind: Kind) -> None:
    before = [one for one in Kind if RANK[one] < RANK[kind]]
    assert last([kind, *before]) == last([*before, kind]) == kind


@pytest.mark.parametrize(
    "written", ["ann@race.dev", "ANN@Race.dev", " ann@race.dev ", "Ann <Ann@race.dev>", '"Mill, A." <ann@race.dev>']
)
def test_an_address_has_one_spelling(written: str) -> None:
    assert canonical(written) == "ann@race.dev"


@pytest.mark.parametrize("odd", ["", "@", "nobody", "a@b@c", "<>", "ann@", "a b@c", "ann@race.dev, bo@race.dev"])
def test_what_is_no_address_is_spelt_once_for_all(odd: str) -> None:
    assert canonical(canonical(odd)) == canonical(odd)
