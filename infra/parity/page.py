"""docs/configuration.md lists every variable, which of them are secret, and what may differ between stages."""

import re
from collections.abc import Iterator
from typing import Final

from infra.parity.model import DEPLOYMENT, JOB_URLS, SECRETS, VARIABLES, Difference, Repository
from infra.parity.values import LOCALLY, MAY_DIFFER

PAGE: Final = "docs/configuration.md"
_ROW: Final = re.compile(r"^\| `([A-Z_<>]+)` \| (yes|no) \| [^|]+ \| [^|]*\|$", re.MULTILINE)
_KEY: Final = re.compile(r"^\| `([A-Z_]+)` \| [^|]+\|$", re.MULTILINE)
_DIFFERS: Final = re.compile(r"^\| `([A-Z_]+)` \| (every stage|`local` alone) \| ([^|]+) \|$", re.MULTILINE)


def page(repository: Repository) -> Iterator[Difference]:
    rows = dict(_ROW.findall(repository.page))
    for name in sorted(rows.keys() ^ (VARIABLES | {JOB_URLS})):
        yield Difference(
            PAGE, f"{name} is missing" if name not in rows else f"{name} is no variable of shared/config.py"
        )
    for name in sorted(VARIABLES & rows.keys()):
        if (rows[name] == "yes") != (name in SECRETS):
            yield Difference(PAGE, f"{name} is said to be {'a' if rows[name] == 'yes' else 'no'} secret")
    for name in sorted(DEPLOYMENT - set(_KEY.findall(repository.page))):
        yield Difference(PAGE, f"{name}, which is for AWS, is missing")
    told = {(name, where): why for name, where, why in _DIFFERS.findall(repository.page)}
    meant = {(name, "every stage"): why for name, why in MAY_DIFFER.items()}
    meant |= {(name, "`local` alone"): why for name, why in LOCALLY.items()}
    for name, where in sorted(told.keys() ^ meant.keys()):
        yield Difference(
            PAGE, f"{name} may differ in {where}: that is {'only ' if (name, where) in told else 'not '}on the page"
        )
