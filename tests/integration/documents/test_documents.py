"""A person's documents: read, listed, changed by version, deleted, downloaded."""

import asyncio
import json
import time
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest

from shared.documents import Status, progress
from shared.documents.content import PDF
from tests.integration.api.front import Front, Phone, kind
from tests.integration.documents.files import A_PDF, DOCUMENTS, TEXT, claim, fetched, kept, uploaded
from tests.support.unindexed import unindexed

Ada = dict[str, str]


def at(document: dict[str, Any]) -> str:
    return f"{DOCUMENTS}/{document['id']}"


async def test_one_is_read_with_its_version(phone: Phone, ada: Ada) -> None:
    document = await kept(phone, ada, title="One")
    answer = await phone.get(at(document), headers=ada)
    assert (answer.status_code, answer.headers["etag"], answer.json()) == (200, '"1"', document)


async def test_an_analysis_is_shown_as_it_was_stored(front: Front, phone: Phone, ada: Ada) -> None:
    document = await kept(phone, ada)
    analysis = {
        "summary": "$x",
        "key_points": ["a"],
        "keywords": [{"word": "k", "weight": 0.5}],
        "language": "el",
        "category": "other",
        "degraded": True,
        "at": 1_795_490_145_760,
    }
    more = {"analysis": {**analysis, "model": "m"}}
    stored = partial(progress.move, front.database, document["id"], of={Status.STORED}, indexing=unindexed)
    assert await stored(to=Status.ANALYSED, fields=more)
    assert await stored(to=Status.ANALYSING) is None
    seen = (await phone.get(at(document), headers=ada)).json()
    assert (seen["status"], seen["version"]) == ("analysed", 2)
    assert seen["analysis"] == analysis | {"at": "2026-11-24T03:15:45.760000Z"}


async def test_a_list_runs_from_the_newest_in_pages(front: Front, phone: Phone, ada: Ada, eve: Ada) -> None:
    mine = [(await kept(phone, ada))["id"] for _ in range(5)]
    await kept(phone, eve)
    # Two of the same moment are told apart by their ids.
    moment = (await front.database.documents.find_one({"_id": mine[1]}) or {})["created_at"]
    await front.database.documents.update_one({"_id": mine[2]}, {"$set": {"created_at": moment}})
    await phone.delete(f"{DOCUMENTS}/{mine[4]}", headers=ada)
    seen, cursor = [], ""
    for _ in range(9):
        page = (await phone.get(f"{DOCUMENTS}?limit=1{cursor}", headers=ada)).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [mine[3], *sorted(mine[1:3], reverse=True), mine[0]]
    theirs = await phone.get(f"{DOCUMENTS}?{cursor[1:]}", headers=eve)
    assert (theirs.status_code, kind(theirs)) == (400, "cursor")
    assert (await phone.get(DOCUMENTS, headers=ada)).json()["next"] is None


async def test_a_change_raises_the_version(front: Front, phone: Phone, ada: Ada) -> None:
    document = await kept(phone, ada, title="One", tags=["a"])
    answer = await phone.patch(at(document), json={"title": "$Two"}, headers=ada | {"If-Match": '"1"'})
    changed = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (changed["title"], changed["tags"], changed["version"]) == ("$Two", ["a"], 2)
    assert changed["updated_at"] > document["updated_at"]
    answer = await phone.patch(at(document), json={"tags": []}, headers=ada | {"If-Match": ' "1,2" , , W/"9",\t"2"'})
    assert (answer.json()["title"], answer.json()["tags"], answer.json()["version"]) == ("$Two", [], 3)
    assert (await phone.get(at(document), headers=ada)).json() == answer.json()
    record = await front.database.documents.find_one({})
    assert record is not None
    assert record["indexed_version"] == 0


OTHERS = ['"1"', 'W/"2"', "2", '"02"', '""', "", '"x"', '"2', '"-2"', '"*"', "W/*", '"1", "3"', '"1,2", ",2,"']
GARBAGE = ['w/"2"', 'x"2"', '("2")', '"2"; x=1', '"2""2"', '"1 "2" 3"', '**"2"', '"1"x, y"2"']


@pytest.mark.parametrize("tag", [*OTHERS, *GARBAGE])
async def test_a_change_of_another_version_is_412(phone: Phone, ada: Ada, tag: str) -> None:
    document = await kept(phone, ada)
    await phone.patch(at(document), json={"title": "Two"}, headers=ada | {"If-Match": "*"})
    answer = await phone.patch(at(document), json={"title": "Three"}, headers=ada | {"If-Match": tag})
    assert (answer.status_code, kind(answer), answer.headers["etag"]) == (412, "other-version", '"2"')
    assert (await phone.get(at(document), headers=ada)).json()["title"] == "Two"


async def test_a_change_without_a_version_is_428(phone: Phone, ada: Ada) -> None:
    document = await kept(phone, ada)
    answer = await phone.patch(at(document), json={"title": "Two"}, headers=ada)
    assert (answer.status_code, kind(answer)) == (428, "version-needed")


async def test_of_twenty_changes_of_one_version_one_is_made(phone: Phone, ada: Ada) -> None:
    document = await kept(phone, ada)
    changes = (
        phone.patch(at(document), json={"title": f"{number}"}, headers=ada | {"If-Match": '"1"'})
        for number in range(20)
    )
    answers = await asyncio.gather(*changes)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19
    seen = (await phone.get(at(document), headers=ada)).json()
    assert seen["version"] == 2
    assert seen == next(answer.json() for answer in answers if answer.status_code == 200)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": " "},
        {"title": None},
        {"title": "a\nb"},
        {"title": "a\x85b"},
        {"title": "a\u2028b"},
        {"tags": ["a\u2029b"]},
        {"title": "\ud800"},
        {"title": "x" * 256},
        {"tags": "a"},
        {"tags": [""]},
        {"tags": ["x" * 51]},
        {"tags": [str(number) for number in range(21)]},
        {"status": "analysed"},
        {"version": 9},
        {"owner": "eve"},
    ],
)
async def test_what_is_no_change_is_422(phone: Phone, ada: Ada, body: dict[str, Any]) -> None:
    document = await kept(phone, ada)
    headers = ada | {"If-Match": '"1"', "Content-Type": "application/json"}
    answer = await phone.patch(at(document), content=json.dumps(body), headers=headers)
    assert (answer.status_code, kind(answer)) == (422, "invalid")
    assert (await phone.get(at(document), headers=ada)).headers["etag"] == '"1"'


async def test_what_is_deleted_is_seen_nowhere_and_its_record_and_file_wait_for_the_sweep(
    front: Front, phone: Phone, ada: Ada
) -> None:
    document = await kept(phone, ada)
    for _ in range(2):
        answer = await phone.delete(at(document), headers=ada)
        assert (answer.status_code, answer.content) == (204, b"")
    for path in (at(document), f"{at(document)}/download"):
        assert (await phone.get(path, headers=ada)).status_code == 404
    answer = await phone.patch(at(document), json={"title": "x"}, headers=ada | {"If-Match": "*"})
    assert answer.status_code == 404
    assert (await phone.get(DOCUMENTS, headers=ada)).json()["items"] == []
    assert await progress.read(front.database, document["id"]) is None
    of, to = set(Status), Status.ANALYSED
    assert await progress.move(front.database, document["id"], of=of, to=to, indexing=unindexed) is None
    record = await front.database.documents.find_one({"_id": document["id"]})
    assert record is not None
    assert record["version"] == 2, "the index must learn of it, once"
    assert abs(record["deleted_at"] - time.time() * 1000) < 600_000
    assert (await front.services.storage.head(record["file"]["key"])).size == len(TEXT)


async def test_a_download_is_a_url_that_gives_the_file_under_its_name(phone: Phone, ada: Ada) -> None:
    name = 'Ποίηση "2026".pdf'
    ticket = await uploaded(phone, ada, A_PDF, PDF, name)
    document = (await claim(phone, ada, ticket.id, title="Other")).json()
    answer = await phone.get(f"{at(document)}/download", headers=ada)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.headers["x-content-type-options"] == "nosniff"
    file = await fetched(answer.json()["url"])
    assert (file.status_code, file.content, file.headers["content-type"]) == (200, A_PDF, PDF)
    disposition = file.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert quote("Ποίηση") in disposition


async def test_what_was_taken_as_text_is_saved_as_text(phone: Phone, ada: Ada) -> None:
    ticket = await uploaded(phone, ada, TEXT, "text/plain", "setup.exe")
    document = (await claim(phone, ada, ticket.id)).json()
    url = (await phone.get(f"{at(document)}/download", headers=ada)).json()["url"]
    assert (await fetched(url)).headers["content-disposition"] == 'attachment; filename="setup.exe.txt"'


async def test_a_page_of_the_app_may_send_and_see_versions(phone: Phone) -> None:
    asks = {
        "Origin": "https://app.example.com",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type,if-match",
    }
    assert (await phone.options(f"{DOCUMENTS}/x", headers=asks)).status_code == 200
    answer = await phone.get(DOCUMENTS, headers={"Origin": "https://app.example.com"})
    assert "ETag" in answer.headers["access-control-expose-headers"]
