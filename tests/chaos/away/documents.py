"""The stories of documents: from the room for a file to the search index."""

from collections.abc import Callable
from hashlib import sha256
from secrets import token_hex
from typing import Final

import httpx

from functions.check_document.contract import CONTRACT as CHECK
from functions.check_document.contract import CheckDocument
from functions.sync_search.contract import CONTRACT as SYNC_SEARCH
from shared.enqueue import new_run
from shared.runs import outbox
from shared.runs.model import Run
from tests.chaos.away.callers import answered, key
from tests.chaos.away.scene import Call, Scene

BODY: Final = b"A poem of one line."


def ask_for_room(scene: Scene) -> Call:
    wish = {"name": "a.txt", "content_type": "text/plain", "size": len(BODY), "sha256": sha256(BODY).hexdigest()}
    return scene.request("POST", "/v1/uploads", 201, wish, bearer=key(scene)[0])


def uploaded(scene: Scene) -> tuple[str, str]:
    """An upload whose file has been put, and its owner's key."""
    bearer, _ = key(scene)
    asked = ask_for_room(scene).event
    asked = {**asked, "headers": {**asked["headers"], "authorization": f"Bearer {bearer}"}}
    ticket = answered(scene, Call("api", asked, 201))
    answer = httpx.put(ticket["url"], content=BODY, headers=ticket["headers"], trust_env=False, timeout=30)
    assert answer.status_code == 200, answer.text
    return ticket["id"], bearer


def claim(scene: Scene) -> Call:
    upload, bearer = uploaded(scene)
    return scene.request("POST", "/v1/documents", 201, {"upload": upload}, bearer=bearer)


def document(scene: Scene) -> tuple[str, str]:
    """A document's id, and its owner's key."""
    upload, bearer = uploaded(scene)
    made = answered(scene, scene.request("POST", "/v1/documents", 201, {"upload": upload}, bearer=bearer))
    return made["id"], bearer


def list_documents(scene: Scene) -> Call:
    return scene.request("GET", "/v1/documents", 200, bearer=document(scene)[1])


def long_known(scene: Scene) -> tuple[str, str]:
    """A document as `document` makes it, whose run to index it is so old that no change joins it any more."""
    made = document(scene)

    async def age() -> None:
        await scene.database.runs.update_many({"job": SYNC_SEARCH.name}, {"$set": {"not_before": 0}})

    scene.outside.run(age())
    return made


def of_document(method: str, rest: str, usual: int) -> Callable[[Scene], Call]:
    def begin(scene: Scene) -> Call:
        made, bearer = long_known(scene)
        return scene.request(method, f"/v1/documents/{made}{rest}", usual, bearer=bearer)

    return begin


def change_document(scene: Scene) -> Call:
    made, bearer = long_known(scene)
    return scene.request("PATCH", f"/v1/documents/{made}", 200, {"title": "B"}, bearer=bearer, if_match="*")


def check(scene: Scene) -> Call:
    """As after the claim of a large file in a store that tells no checksum."""
    made, _ = document(scene)
    new = new_run(CHECK, CheckDocument(document=made), owner="test", run_id=token_hex(8))

    async def accept() -> Run:
        await scene.database.documents.update_one({"_id": made}, {"$set": {"status": "checking"}})
        run = await outbox.insert(scene.database, new)
        await outbox.all_handed_over(scene.database, [(run, f"msg_{token_hex(8)}")])
        return run

    return scene.message(scene.outside.run(accept()))


def bring_in(scene: Scene) -> Call:
    """The run that was accepted with a document's claim, and has to bring it into the index."""
    document(scene)
    return scene.message(next(run for run in scene.runs() if run.job == SYNC_SEARCH.name))
