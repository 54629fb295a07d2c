"""Which requests are the same: what a route would see as the same value, under one caller's key."""

import json
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from shared.idempotency.asked import Asked, identify

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def asked(body: bytes = b"{}", **changed: Any) -> Asked:
    return identify(**({"method": "POST", "route": "/a", "caller": ("ada",), "key": "k"} | changed), body=body)


@given(JSON)
def test_order_and_spaces_do_not_matter(value: Any) -> None:
    def turned(inner: Any) -> Any:
        if isinstance(inner, dict):
            return {name: turned(inner[name]) for name in reversed(inner)}
        return [turned(one) for one in inner] if isinstance(inner, list) else inner

    plain = json.dumps(value).encode()
    assert asked(plain) == asked(
        json.dumps(turned(value), indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")
    )


@given(JSON, JSON)
def test_another_value_is_another_request_under_the_same_id(one: Any, other: Any) -> None:
    assume(json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True))
    first, second = asked(json.dumps(one).encode()), asked(json.dumps(other).encode())
    assert first.id == second.id
    assert first.fingerprint != second.fingerprint


def test_each_part_makes_another_id_and_none_runs_over_into_the_next() -> None:
    ids = [
        asked().id,
        asked(method="PUT").id,
        asked(route="/b").id,
        asked(key="l").id,
        asked(caller=("ad", "a")).id,
        asked(caller=("ada", "")).id,
        asked(route="/ak", key="").id,
    ]
    assert len(set(ids)) == len(ids)


def test_the_same_body_under_another_key_has_another_fingerprint() -> None:
    assert asked().fingerprint != asked(key="l").fingerprint


def test_what_is_no_json_is_compared_by_its_bytes() -> None:
    for body in (b"{", b"\xff", b"[" * 100_000, b"1" * 5000, b""):
        assert asked(body) == asked(body)
        assert asked(body) != asked(body + b" ")
