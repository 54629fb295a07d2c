"""An operator's edit of a payload: what the contract lets go of is changed, validated, and named in the audit log."""

from dataclasses import replace
from typing import Any

import pytest

from shared import audit
from shared.contract import Contract, Payload
from shared.database import Database
from shared.errors import BadRequest
from shared.runs.acting import Because
from shared.runs.finish import End, finish
from shared.runs.model import Run, State
from shared.runs.operating import Outcome
from tests.integration.runs.on_call import acts, operator
from tests.support.story import Story


class Style(Payload):
    colour: str = "black"
    size: int = 12


class Letter(Payload):
    to: str
    text: str = "hello"
    style: Style = Style()


LETTER = Contract(
    name="letter",
    payload=Letter,
    timeout=60,
    deadline=40,
    editable=frozenset({"text", "style"}),
    masked=frozenset({"to"}),
)


async def failed_letter(database: Database, contract: Contract[Any]) -> tuple[Story, Run]:
    story = Story(database, contract)
    accepted = await story.desk.enqueue(Letter(to="ada@example.com"))
    run = await finish(database, await story.read(accepted.run), End(state=State.FAILED, reason="test"), alert=None)
    assert run is not None
    return story, run


async def test_an_edited_payload_is_what_the_job_gets_and_the_log_names_its_fields(database: Database) -> None:
    story = Story(database, LETTER)
    seen: list[Letter] = []

    async def refuse(letter: Letter, _: object) -> None:
        seen.append(letter)
        if letter.text == "hello":
            raise BadRequest("not so")

    story.behave = refuse  # type: ignore[assignment] # its payload is another model
    accepted = await story.desk.enqueue(Letter(to="ada@example.com"))
    await story.deliver(await story.read(accepted.run))
    await story.change(accepted.run, cursor='{"at": 3}')

    done = await operator(story).replay(accepted.run.id, payload={"text": "$good day", "style": {"colour": "red"}})
    await story.deliver(await story.read(accepted.run))

    assert done.outcome is Outcome.REPLAYED
    assert seen[-1] == Letter(to="ada@example.com", text="$good day", style=Style(colour="red"))
    run = await story.read(accepted.run)
    assert (run.state, run.cursor) == (State.SUCCEEDED, None)
    (entry,) = await audit.page(database, limit=2)
    assert entry.act.what["fields"] == ["text", "style.colour"]
    assert "good" not in str([one async for one in database.audit.find({})])


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({"to": "eve@example.com"}, "to: not for anybody to change"),
        ({"to": "***", "text": "x"}, "to: not for anybody to change"),
        ({"text": 7}, "the job does not take it: text: Input should be a valid string"),
        ({"CANARY": 1}, "it has a field that the job does not know"),
        ({"text": "\ud800"}, "the job does not take it"),
    ],
)
async def test_what_the_contract_does_not_let_go_of_is_not_changed(
    database: Database, payload: dict[str, Any], why: str
) -> None:
    """Case 31: a recipient of one's own choice would make the job an open relay."""
    story, before = await failed_letter(database, LETTER)
    done = await operator(story).replay(before.id, payload=payload)
    assert (done.outcome, done.because) == (Outcome.REFUSED, Because.PAYLOAD)
    assert str(done.why).startswith(why)
    assert (await story.read(before), await acts(database)) == (before, [])


async def test_a_masked_value_that_comes_back_as_it_was_shown_is_refused(database: Database) -> None:
    """Else what was covered would be overwritten by its cover."""
    story, run = await failed_letter(database, replace(LETTER, editable=frozenset({"to"})))
    done = await operator(story).replay(run.id, payload={"to": "***"})
    assert done.because is Because.PAYLOAD


async def test_a_payload_of_an_older_version_is_lifted_when_it_is_edited(database: Database) -> None:
    def lift(_: int, held: dict[str, Any]) -> dict[str, Any]:
        return {"to": held["address"]}

    story, failed = await failed_letter(database, replace(LETTER, version=2, upcast=lift))
    await story.change(failed, version=1, payload='{"address": "ada@example.com"}')
    await operator(story).replay(failed.id, payload={"text": "hi"})
    run = await story.read(failed)
    assert (run.version, Letter.model_validate_json(run.payload)) == (2, Letter(to="ada@example.com", text="hi"))
