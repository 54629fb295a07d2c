"""One upload, with puts, claims, crashes, renewals, deletions and sweeps in any order and in the middle of each other.

The claims: an upload has one document at most, and has one exactly when it is claimed; a document's file is there, and
is what was promised; what was condemned is never claimed; every claim that is answered names the same document.
"""

import asyncio
import hashlib
import os
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from pydantic import SecretStr

from shared.clock import World, new_token
from shared.config import MongoSettings
from shared.database import Database, connect
from shared.documents import Claimed, Desk, NotAsPromised, NotThere, Promise, UploadGone, Wish, claim, records, uploads
from shared.runs.model import Run
from tests.integration.documents.shelf import Shelf
from tests.support.unindexed import unindexed

SOAK: Final = bool(os.environ.get("MILLRACE_SOAK"))
GOOD: Final = b"a poem"
BAD: Final = b"a p\0em"
PROMISE: Final = Promise("a.txt", "text/plain", len(GOOD), hashlib.sha256(GOOD).hexdigest())
REFUSED: Final = (NotThere, NotAsPromised, UploadGone)
STEPS: Final = ["begin", "begin", "go on", "go on", "go on", "go on", "put", "put", "put badly"]
SELDOM: Final = ["die", "renew", "sweep", "sweep", "delete"]


async def never(*_: object) -> Run:
    raise AssertionError("a file of six bytes is hashed at once")


@dataclass(frozen=True)
class Place:
    loop: asyncio.AbstractEventLoop
    database: Database


class Machine(RuleBasedStateMachine):
    place: Place

    def __init__(self) -> None:
        super().__init__()
        self.id, self.key = new_token(), f"uploads/{new_token()}"
        self.shelf = Shelf()
        self.desk = Desk(self.place.database, self.shelf.storage(), World(), never, indexing=unindexed, at_once=100)
        self.claims: list[asyncio.Task[Claimed]] = []
        self.named: set[str] = set()
        self.condemned = self.claimed = False
        self.run(uploads.create(self.place.database, PROMISE, owner="ada", upload_id=self.id, key=self.key))

    def run(self, work: Any) -> Any:
        return self.place.loop.run_until_complete(work)

    @rule(step=st.sampled_from([*STEPS, *STEPS, *SELDOM]), which=st.integers(0, 9))
    def something_happens(self, step: str, which: int) -> None:
        match step:
            case "begin":
                self.claims.append(self.place.loop.create_task(claim(self.desk, self.id, owner="ada", wish=Wish())))
            case "go on" if self.shelf.gates:
                self.shelf.gates.pop(which % len(self.shelf.gates)).set()
            case "put" | "put badly":
                self.shelf.files[self.key] = GOOD if step == "put" else BAD
            case "die" if self.claims:
                self.claims.pop(which % len(self.claims)).cancel()
            case "renew":
                self.renew()
            case "sweep":
                self.sweep()
            case "delete":
                self.delete()
        self.run(self.settled())

    def renew(self) -> None:
        renewed = self.run(uploads.renew(self.place.database, self.id, owner="ada"))
        assert (renewed is None) == (self.condemned or self.claimed)

    def sweep(self) -> None:
        """Long after its URL has expired, whatever has become of it."""
        long_ago = {"url_expires_at": int(time.time() * 1000) - 3_700_000}
        self.run(self.place.database.uploads.update_one({"_id": self.id}, {"$set": long_ago}))
        if self.run(uploads.condemn(self.place.database, [self.id])):
            self.condemned = True
            self.shelf.files.pop(self.key, None)

    def delete(self) -> None:
        for name in self.named:
            assert self.run(records.delete(self.place.database, name, owner="ada", indexing=unindexed))

    async def settled(self) -> None:
        """Until every claim has been answered or waits for its copy."""
        for _ in range(500):
            ended = [one for one in self.claims if one.done()]
            for one in ended:
                self.claims.remove(one)
                self.hear(one)
            if len(self.claims) <= len(self.shelf.gates):
                return
            await asyncio.sleep(0.005)
        raise AssertionError("a claim hangs")

    def hear(self, ended: "asyncio.Task[Claimed]") -> None:
        if ended.cancelled():
            return
        error = ended.exception()
        if error is None:
            self.named.add(ended.result().document.id)
        elif not isinstance(error, REFUSED):
            raise error

    @invariant()
    def it_holds_together(self) -> None:
        upload = self.run(self.place.database.uploads.find_one({"_id": self.id}))
        found = self.run(self.place.database.documents.find({"file.name": "a.txt", "owner": "ada"}).to_list(None))
        mine = [one for one in found if one["_id"] == upload.get("document")]
        self.claimed = upload["state"] == "claimed"
        assert len(mine) == self.claimed
        assert not (self.claimed and self.condemned)
        assert self.named <= {one["_id"] for one in mine}
        for one in mine:
            assert self.shelf.files[one["file"]["key"]] == GOOD

    def teardown(self) -> None:
        async def end() -> None:
            for one in self.claims:
                one.cancel()
            await asyncio.gather(*self.claims, return_exceptions=True)
            await self.place.database.uploads.delete_many({})
            await self.place.database.documents.delete_many({})

        self.run(end())


def test_an_upload_has_one_document_at_most_whatever_happens(mongodb_uri: str) -> None:
    loop = asyncio.new_event_loop()
    name = f"test_{secrets.token_hex(6)}"

    async def opened() -> Database:
        made = connect(MongoSettings(stage="local", mongodb_uri=SecretStr(mongodb_uri), mongodb_database=name))
        for collection in ("uploads", "documents"):
            await made.create_collection(collection)
        return made

    database = loop.run_until_complete(opened())
    machine = type("Bound", (Machine,), {"place": Place(loop, database)})
    try:
        run_state_machine_as_test(
            machine, settings=settings(max_examples=200 if SOAK else 20, stateful_step_count=30, database=None)
        )
    finally:
        loop.run_until_complete(database.client.drop_database(name))
        database.client.close()
        loop.close()
