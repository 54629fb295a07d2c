"""Each function is given the parts of the settings that its code loads, whole, and nothing that it does not load.

So a function that leaks its environment leaks no more than it needs, and one that is deployed can start.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from infra.local.serverless import ServerlessError
from infra.parity.model import Difference, Repository
from infra.parity.needs import Needs, needs
from shared import config
from shared.config import JOB_URL_PREFIX, Part

EVERYBODYS: Final = frozenset({name.upper() for name in Part.model_fields} | {"POWERTOOLS_TRACE_DISABLED"})
SPARED: Final[Mapping[tuple[str, str], str]] = {
    ("send_email", "CORS_ORIGINS"): "it makes links, and answers no browser"
}
"""Of a part that is loaded, what a function is not given, with the reason."""


def given(repository: Repository) -> Iterator[Difference]:
    try:
        environments = repository.service.environments
    except ServerlessError as error:  # a key that a stage's file has not, for one
        yield Difference("serverless.yml", str(error))
        return
    for function, environment in environments.items():
        yield from _judged(function, environment, needs(repository.root, function))


def _judged(function: str, environment: Mapping[str, Any], code: Needs) -> Iterator[Difference]:
    where = f"serverless.yml, {function}"
    has = environment.keys() - EVERYBODYS
    for part in sorted(code.must):
        for name in sorted(_variables(part) - has):
            if (function, name) not in SPARED:
                yield Difference(where, f"{name} is not given, and its code loads {part}")
    known = {name for part in code.must | code.may for name in _variables(part)}
    publishes = "PublishSettings" in code.must | code.may
    for name in sorted(has - known):
        if not (name.startswith(JOB_URL_PREFIX) and publishes):
            yield Difference(where, f"{name} is given, and its code does not load it")


def _variables(part: str) -> frozenset[str]:
    fields: Mapping[str, Any] = getattr(config, part).model_fields
    return frozenset(name.upper() for name in fields) - EVERYBODYS
