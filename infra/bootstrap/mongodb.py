"""MongoDB's collections, the rules of their records, and their indexes.

    declared, not there       made: an index is built while writers go on
    there, another            a rule is replaced; an index is dropped and made again, and is missing in between
    an index, not declared    shown: it may be somebody's who looks for something

An index is known by its name. One of the same fields under another name is ours as well: two of them can't be.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import pymongo
from pymongo import IndexModel
from pymongo.errors import CollectionInvalid, DuplicateKeyError, OperationFailure

from infra.bootstrap.model import Change, Kind, NotDone
from shared import validators
from shared.collections import BUILDING, INDEXES
from shared.database import MENDABLE, UNFIT, Database, reachable

ANSWERED: Final = ("unique", "sparse", "expireAfterSeconds", "partialFilterExpression")
"""The options of an index that we use; one that is false is as good as none."""
OTHERS: Final = ("collation", "hidden", "wildcardProjection")
"""Those that we never use: an index that has one is another."""
NOT_LET_IN: Final = frozenset({13, 18, 8000})
OF_THE_SERVER: Final = frozenset({"v", "key", "ns"})
"""What it tells of an index beside its options."""
NO_SUCH_INDEX: Final = 27
EXISTS: Final = 48

Index = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Collection:
    """To be made, with its rule and its indexes."""

    name: str


@dataclass(frozen=True, slots=True)
class Rule:
    collection: str


@dataclass(frozen=True, slots=True)
class Indexed:
    """`drop` is the one that has to go before `make` is built, as MongoDB tells it."""

    collection: str
    make: IndexModel | None
    drop: Index | None = None


@dataclass(frozen=True, slots=True)
class MongoPart:
    connected: Callable[[], Database]
    name: str = "mongodb"

    async def differences(self) -> Sequence[Change]:
        async with _asking("list collections and indexes"):
            database = self.connected()
            there = {one["name"]: one.get("options", {}) async for one in await database.list_collections()}
            found: list[Change] = []
            for name, declared in INDEXES.items():
                if name not in there:
                    found.append(_missing(name, declared))
                    continue
                found += _rule(name, there[name])
                found += _indexes(name, declared, await database[name].list_indexes().to_list(None))
            return found

    async def apply(self, change: Change) -> None:
        with pymongo.timeout(BUILDING):
            match change.plan:
                case Collection(name):
                    async with _asking("create collections and indexes"):
                        await _created(self.connected(), name)
                case Rule(name):
                    async with _asking("change a collection's rule (collMod)"):
                        await self.connected().command("collMod", name, **validators.options(name))
                case Indexed(name, make, drop):
                    async with _asking("drop and create indexes"):
                        await _built(self.connected(), name, make, drop)


def _missing(name: str, declared: Sequence[IndexModel]) -> Change:
    has = [
        *(["the rule of its records"] if validators.options(name) else ()),
        *(one.document["name"] for one in declared),
    ]
    return Change(Kind.ADDED, f"collection {name}", to=", ".join(has), plan=Collection(name))


def _rule(name: str, options: Mapping[str, Any]) -> list[Change]:
    wanted = validators.options(name)
    if all(options.get(option) == value for option, value in wanted.items()):
        return []
    was = "another rule" if options.get("validator") else "no rule"
    return [Change(Kind.CHANGED, f"records of {name}", was=was, to="the declared rule", plan=Rule(name))]


def _indexes(collection: str, declared: Sequence[IndexModel], found: Sequence[Index]) -> list[Change]:
    left = {one["name"]: one for one in found if one["name"] != "_id_"}
    changes = []
    for model in declared:
        wanted: Index = model.document
        name = wanted["name"]
        was = left.pop(name, None) or left.pop(_same_fields(wanted, left), None)
        if was is None or was["name"] != name or _told(was) != _told(wanted):
            kind = Kind.ADDED if was is None else Kind.CHANGED
            plan = Indexed(collection, model, was)
            changes.append(Change(kind, f"index {collection}.{name}", _said(was), _said(wanted), plan))
    for name, one in sorted(left.items()):
        plan = Indexed(collection, None, one)
        changes.append(Change(Kind.EXTRA, f"index {collection}.{name}", was=_said(one), plan=plan))
    return changes


def _same_fields(wanted: Index, found: Mapping[str, Index]) -> str:
    keys = _keys(wanted)
    return next((name for name, one in found.items() if _keys(one) == keys), "")


def _keys(index: Index) -> list[tuple[str, Any]]:
    """Their order is a part of an index."""
    return list(index["key"].items())


def _told(index: Index) -> tuple[Any, ...]:
    options = {name: index[name] for name in (*ANSWERED, *OTHERS) if name in index and index[name] is not False}
    return _keys(index), options


def _said(index: Index | None) -> str:
    if index is None:
        return ""
    keys, options = _told(index)
    words = [f"{name} {'' if value is True else value}".strip() for name, value in options.items()]
    return ", ".join([" ".join(f"{'-' if way == -1 else ''}{name}" for name, way in keys), *words])


async def _created(database: Database, name: str) -> None:
    try:
        await database.create_collection(name, **validators.options(name))
    except CollectionInvalid:
        pass  # the driver has looked, and found it
    except OperationFailure as error:
        if error.code != EXISTS:
            raise
    if INDEXES[name]:
        await database[name].create_indexes(INDEXES[name])


async def _built(database: Database, name: str, make: IndexModel | None, drop: Index | None) -> None:
    """One that the records do not allow leaves them with what they had: reads that are quick, and no duplicates."""
    if drop is not None:
        try:
            await database[name].drop_index(drop["name"])
        except OperationFailure as error:
            if error.code != NO_SUCH_INDEX:
                raise
    if make is None:
        return
    try:
        await database[name].create_indexes([make])
    except OperationFailure:
        if drop is not None:
            options = {option: value for option, value in drop.items() if option not in OF_THE_SERVER}
            await database[name].create_indexes([IndexModel(_keys(drop), **options)])
        raise


@asynccontextmanager
async def _asking(what: str) -> AsyncIterator[None]:
    """MongoDB's own refusals, with what mends them; `what` is what was about to be done."""
    async with reachable():
        try:
            yield
        except DuplicateKeyError as error:
            raise NotDone("mongodb: there are records that such an index does not allow: mend them first") from error
        except OperationFailure as error:
            if error.code in NOT_LET_IN:
                raise NotDone(
                    f"mongodb: the user of MONGODB_URI is not let in, or may not {what}; "
                    "it needs readWrite and dbAdmin on the database"
                ) from error
            if error.code in UNFIT or any(map(error.has_error_label, MENDABLE)):
                raise
            raise NotDone(f"mongodb would not {what}: {(error.details or {}).get('codeName', error.code)}") from error
