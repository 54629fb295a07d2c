"""A person with something in every place: by the API where that is its way, else as the job for it would leave it."""

import secrets
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from functions.send_email import emails
from functions.send_email.emails import Draft
from shared import reports
from shared.ai.answer_cache import AnswerCache
from shared.clock import World, new_token
from shared.counters import DAY, Away, Quota, Quotas
from shared.documents import StoredText, progress
from shared.reports import ReportFile
from shared.runs.model import State
from tests.integration.api.front import CONTRACTS, Phone, Report
from tests.integration.documents.files import kept, uploaded
from tests.integration.erase_user.bench import Bench, Person
from tests.support.unindexed import unindexed

TOKENS = Quota(name="ai tokens", limit=1_000, window=DAY, away=Away.CLOSED)


class Said(BaseModel):
    """What a model has said of a document."""

    summary: str


async def person(bench: Bench, name: str) -> Person:
    """Signed in, with nothing yet."""
    address = f"{name}-{secrets.token_hex(4)}@example.com"
    async with bench.front.browser() as browser:
        who = await bench.front.signed_in(browser, address)
    record = await bench.database.users.find_one({"email": address})
    assert record is not None
    return Person(record["_id"], address, f"{name}mark{secrets.token_hex(4)}", who)


async def settled(bench: Bench, name: str) -> Person:
    """With something in every place."""
    made = await person(bench, name)
    async with bench.front.browser(headers=made.who) as phone:
        await asked_for_work(made, phone)
        await documents(bench, made, phone)
    await runs(bench, made)
    await report(bench, made)
    await mail(bench, made)
    await answer(bench, made)
    return made


async def asked_for_work(made: Person, phone: Phone) -> None:
    keyed = {"Idempotency-Key": new_token()}
    answers = [
        await phone.post("/v1/jobs/report", json={"document": made.mark}, headers=keyed),
        await phone.post("/v1/auth/magic-links", json={"email": made.address}),
        await phone.get("/v1/search", params={"q": made.mark}),
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 200]


async def documents(bench: Bench, made: Person, phone: Phone) -> None:
    """Two, one of them analysed, and an upload that nobody has claimed; a claim that died has left a copy."""
    body = f"The {made.mark} stands by the river.".encode()
    await uploaded(phone, made.who, body, name=f"{made.mark}.txt")
    await kept(phone, made.who, body, title=made.mark)
    document = (await kept(phone, made.who, body, title=made.mark))["id"]
    key = f"texts/{document}/{new_token()}.txt"
    for left in (key, f"files/{document}/{new_token()}"):
        assert await bench.storage.create(left, body, content_type="text/plain")
    text = StoredText(key, len(body))
    named = progress.name_text(bench.database, document, text, instead_of=None, indexing=unindexed)
    assert await named is not None


async def runs(bench: Bench, made: Person) -> None:
    """One in every state; who held the running one is dead."""
    for state in State:
        await run_in(bench, made, state)


async def run_in(bench: Bench, made: Person, state: State, **fields: Any) -> str:
    asked = Report(document=made.mark, owner=made.id, weight=1, options={})
    accepted = await bench.front.services.enqueuer.accept(CONTRACTS["report"], asked, owner=made.id)
    known: Mapping[str, Any] = {
        "state": state.value,
        "cursor": f'"{made.mark}"',
        "result": f'"{made.mark}"',
        "error": {"code": "x", "message": made.mark},
        "attempts": [{"fence": 0, "started": 1}],
        "message_id": f"msg_{accepted.run.id}",
        "lease": 1,
    }
    await bench.database.runs.update_one({"_id": accepted.run.id}, {"$set": {**known, **fields}})
    return accepted.run.id


async def report(bench: Bench, made: Person) -> None:
    run = new_token()
    draft = reports.Draft(made.id, "report", made.mark, f"{made.mark}.pdf", f'{{"title": "{made.mark}"}}')
    begun = await reports.begin(bench.database, run, draft, created_at=1)
    await bench.storage.create(begun.key, made.mark.encode(), content_type="application/pdf")
    await reports.finish(bench.database, run, ReportFile(1, 1, "00"))


async def mail(bench: Bench, made: Person) -> None:
    """Of a run whose record has ended before the mail's."""
    draft = Draft("report_ready", {"to": [made.address], "text": made.mark}, owner=made.id)
    await emails.begin(bench.database, new_token(), draft, by="x")
    await bench.database.suppressions.insert_one({"_id": made.address, "state": "bounced"})


async def answer(bench: Bench, made: Person) -> None:
    async def ask() -> Said:
        return Said(summary=made.mark)

    await AnswerCache(bench.redis, World(), "model").get(Said, made.mark, ask, owner=made.id)
    await Quotas(bench.redis).take(TOKENS, made.id, 10, token=new_token())
