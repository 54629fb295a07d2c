"""Every stage's file and `.env.example` have the keys of the settings, no more and no fewer."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from infra.parity.model import DEPLOYMENT, MADE, VARIABLES, Difference, Repository
from shared.config import JOB_URL_PREFIX


def keys(repository: Repository) -> Iterator[Difference]:
    wanted = (VARIABLES - MADE) | DEPLOYMENT
    for stage, content in repository.stages.items():
        yield from _apart(f"infra/stages/{stage}.yml", content.keys(), wanted)
    named = {name for name in repository.example if not name.startswith(JOB_URL_PREFIX)}
    yield from _apart(".env.example", named, VARIABLES)


def _apart(where: str, found: AbstractSet[str], wanted: AbstractSet[str]) -> Iterator[Difference]:
    yield from (Difference(where, f"{name} is missing") for name in sorted(wanted - found))
    yield from (Difference(where, f"{name} is no variable of shared/config.py") for name in sorted(found - wanted))
