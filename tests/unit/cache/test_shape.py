"""Which types are taken to look alike."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter, create_model

from shared.cache.shape import shape_of

PROGRAM: Final = """
from pydantic import BaseModel, TypeAdapter
from shared.cache.shape import shape_of
class Person(BaseModel):
    name: str
    roles: set[str] = {"reader", "writer", "owner", "guest", "clerk"}
print(shape_of(TypeAdapter(Person)))
"""


def shape(**fields: Any) -> str:
    made: type[BaseModel] = create_model("Person", **fields)
    return shape_of(TypeAdapter(made))


def test_a_changed_field_is_another_shape() -> None:
    shapes = [
        shape(name=str),
        shape(name=(str, "nobody")),
        shape(name=str, age=(int, 0)),
        shape(name=str, age=(float, 0)),
        shape(name=str, years=(int, 0)),
    ]
    assert len(set(shapes)) == len(shapes)
    assert shape(name=str, age=(int, 0)) == shape(name=str, age=(int, 7))


def test_every_process_sees_the_same_shape() -> None:
    seen = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(seen) == 1


def test_a_type_that_json_schema_does_not_know_is_no_error() -> None:
    assert shape_of(TypeAdapter(Callable[[], int])) == "-"
