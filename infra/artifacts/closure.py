"""Which distributions a function carries: those that its requirements.txt names, and what those require."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from infra.artifacts.errors import CannotBuild
from infra.artifacts.packages import Distribution


def named(path: Path) -> Sequence[Requirement]:
    """Names, with extras where they are needed; no versions: those are the root's. Raises CannotBuild."""
    if not path.is_file():
        raise CannotBuild(f"there is no {path}: it names the distributions that the function imports, a line each")
    lines = [line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines()]
    try:
        found = [Requirement(line) for line in lines if line]
    except InvalidRequirement as fault:
        raise CannotBuild(f"{path}: {fault}") from fault
    for one in found:
        if one.specifier or one.url or one.marker:
            raise CannotBuild(
                f"{path}: {one} says more than a name; versions are locked in the root's requirements.txt"
            )
    return found


def closure(
    asked: Sequence[Requirement], known: Mapping[str, Distribution], markers: Mapping[str, str]
) -> Sequence[Distribution]:
    """All that is required on the target, sorted by name. Raises CannotBuild for what is not locked."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [("requirements.txt", one) for one in asked]
    while waiting:
        who, requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        if name not in known:
            raise CannotBuild(f"{who} asks for {name}, which the root's lock does not hold")
        seen.add((name, extras))
        found[name] = known[name]
        waiting += [(name, one) for one in known[name].requires if _applies(one, extras, markers)]
    return [found[name] for name in sorted(found)]


def _applies(requirement: Requirement, extras: frozenset[str], markers: Mapping[str, str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({**markers, "extra": extra}) for extra in extras or {""})
