"""The OpenAPI document is true: Schemathesis calls what it describes, as an operator and as nobody."""

import gc
import os
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok

from tests.integration.api.served import Served, served

SOAK = bool(os.environ.get("MILLRACE_SOAK"))
EXAMPLES = 20 if SOAK else 3
"""For each operation, principal and mode: the short form finds what is plainly wrong."""
SEVERAL = 10
"""Operations after which garbage is collected: that takes as long as exploring one."""
POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
CALLS = [("operator", POSITIVE), ("operator", NEGATIVE), ("nobody", POSITIVE)]
CALLS_LONG = [*CALLS, ("nobody", NEGATIVE)]

REFUSING: Final = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, "5xx"]
"""What may be answered to what breaks the schema: 413 too, to an upload of a byte more than its `maximum`."""
CONFIG: Final = SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSING}}})


@pytest.fixture(scope="module")
def api(mongodb_uri: str) -> Iterator[Served]:
    with served(mongodb_uri) as running:
        yield running


@pytest.fixture
def collections_apart() -> Iterator[None]:
    """No garbage is collected but where the test says so.

    Hypothesis parses sources as it goes, and CPython 3.11's `ast.parse` ends in a SystemError ("recursion depth
    mismatch") when a collection in its middle runs Python that parses as well, here or in the server's thread: a
    finaliser's warning is enough, as its traceback is parsed for the marks under the line. 3.12 has mended that.
    """
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("collections_apart")
@pytest.mark.parametrize(("who", "mode"), CALLS_LONG if SOAK else CALLS, ids=lambda one: getattr(one, "value", one))
def test_what_it_describes_is_what_it_does(api: Served, who: str, mode: GenerationMode) -> None:
    headers = api.operator if who == "operator" else {}
    schema = schemathesis.openapi.from_url(f"{api.url}/openapi.json", config=CONFIG)
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert len(operations) >= 12
    if mode is NEGATIVE:  # what takes nothing, or any word in its path, can't be called wrongly
        operations = [one for one in operations if one.body or one.query or one.headers]
        assert len(operations) >= 5
    for place, operation in enumerate(operations):
        _explore(operation.as_strategy(generation_mode=mode), headers)
        if place % SEVERAL == 0:
            gc.collect()
    assert api.front is not None
    assert [line for line in api.front.log.lines if "fault" in line] == []


def _explore(strategy: Any, headers: Mapping[str, str]) -> None:
    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=strategy)
    def explore(case: Any) -> None:
        if case.meta and case.meta.generation.mode is POSITIVE:
            (case.query or {}).pop("cursor", None)  # opaque: nobody can make one up
            if (case.headers or {}).get("Idempotency-Key"):  # used twice by chance, it would be another request's
                case.headers["Idempotency-Key"] = f'"{uuid4()}"'
        case.call_and_validate(headers=dict(headers))

    explore()
