"""Values as text and back."""

import zlib
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr, TypeAdapter, model_validator

from shared.cache.codec import Codec, NotStorable, Read


class Person(BaseModel):
    name: str
    born: datetime
    notes: list[str] = []


PEOPLE = Codec(TypeAdapter(Person), largest=4096, compressed_over=256)
TEXTS = Codec(TypeAdapter(str), largest=4096, compressed_over=256)

people = st.builds(
    Person,
    name=st.text(max_size=20),
    born=st.datetimes(timezones=st.just(UTC)),
    notes=st.lists(st.text(max_size=30), max_size=20),
)


@given(people)
def test_a_value_comes_back_as_it_was(person: Person) -> None:
    assert PEOPLE.decode(PEOPLE.encode(person)) == Read(person)


def test_absence_is_not_the_same_as_what_can_not_be_read() -> None:
    assert TEXTS.decode(TEXTS.encode(None)) == Read(None)
    assert TEXTS.decode("1j{") is None


@given(st.text(max_size=60))
def test_no_text_is_an_error_to_read(text: str) -> None:
    for codec in (PEOPLE, TEXTS):
        codec.decode(text)
        codec.decode("1j" + text)
        codec.decode("1z" + text)


def test_only_what_is_long_and_gets_shorter_is_compressed() -> None:
    assert TEXTS.encode("a" * 200).startswith("1j")
    assert TEXTS.encode("a" * 300).startswith("1z")
    assert len(TEXTS.encode("a" * 3000)) < 100
    noise = "".join(chr(0x4E00 + (number * 7919) % 20_000) for number in range(200))
    assert TEXTS.encode(noise).startswith(("1j", "1z"))
    assert TEXTS.decode(TEXTS.encode(noise)) == Read(noise)


def test_the_limit_is_on_the_json_before_it_is_compressed() -> None:
    assert TEXTS.decode(TEXTS.encode("a" * 4094)) == Read("a" * 4094)
    with pytest.raises(NotStorable, match="too_large"):
        TEXTS.encode("a" * 4095)


def test_no_more_is_unpacked_than_may_be_stored() -> None:
    bomb = "1z" + b64encode(zlib.compress(b'"' + b"a" * 10_000_000 + b'"')).decode()
    assert TEXTS.decode(bomb) is None
    one_too_many = "1z" + b64encode(zlib.compress(b'"' + b"a" * 4095 + b'"')).decode()
    assert TEXTS.decode(one_too_many) is None


def test_a_packed_text_that_was_cut_off_is_not_read() -> None:
    whole = b64encode(zlib.compress(b'"' + b"a" * 1000 + b'"')).decode()
    assert TEXTS.decode("1z" + whole[: len(whole) // 8 * 4]) is None


def test_a_text_of_another_format_is_not_read() -> None:
    assert TEXTS.decode('2j"one"') is None
    assert TEXTS.decode('"one"') is None


@pytest.mark.parametrize("value", [1, b"x", object(), "\ud800"])
def test_what_is_not_of_the_type_is_not_stored(value: Any) -> None:
    with pytest.raises(NotStorable, match="unstorable"):
        TEXTS.encode(value)


class Account(BaseModel):
    name: str
    pin: SecretStr = SecretStr("")
    token: str = Field(default="", exclude=True)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (float, float("nan")),
        (float | None, float("inf")),
        (dict[str, float | None], {"a": float("nan")}),
        (Account, Account(name="Ada", pin=SecretStr("1234"))),
        (Account, Account(name="Ada", token="t")),
        (Any, (1, 2)),
        pytest.param(int, 10**5000, id="more digits than are read"),
    ],
)
def test_what_would_come_back_as_something_else_is_not_stored(kind: Any, value: Any) -> None:
    with pytest.raises(NotStorable, match="unstorable"):
        Codec(TypeAdapter(kind), largest=9000, compressed_over=256).encode(value)


@pytest.mark.parametrize("value", [0.1 + 0.2, -0.0, 5e-324, 10**400, 2**63, "\x00\u2028\U0010ffff", True, [None], {}])
def test_what_is_odd_but_has_its_form_in_json_comes_back(value: Any) -> None:
    codec = Codec(TypeAdapter(Any), largest=9000, compressed_over=256)
    assert repr(codec.decode(codec.encode(value))) == repr(Read(value))


class Rash(BaseModel):
    name: str

    @model_validator(mode="before")
    @classmethod
    def from_parts(cls, data: dict[str, str]) -> dict[str, str]:
        return {"name": data["first"] + data["last"]}


def test_a_validator_that_stumbles_over_an_old_shape_makes_a_miss() -> None:
    assert Codec(TypeAdapter(Rash), largest=4096, compressed_over=256).decode('1j{"name": "Ada"}') is None
