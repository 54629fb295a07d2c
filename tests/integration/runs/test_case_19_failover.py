"""Case 19: the primary fails over, or an answer of the store is lost."""

from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from pymongo import ReadPreference
from pymongo.errors import AutoReconnect, NotPrimaryError, WTimeoutError

from shared.config import MongoSettings
from shared.context import JobContext
from shared.database import Database, connect, reachable
from shared.errors import DependencyDown
from shared.runs.model import State
from tests.support.cut_proxy import CutProxy
from tests.support.story import Note, Story


@pytest.fixture
def proxy(mongodb_uri: str) -> Iterator[CutProxy]:
    with CutProxy(urlsplit(mongodb_uri).port or 27017) as proxy:
        yield proxy


@pytest.fixture
async def story_behind(proxy: CutProxy, database: Database) -> AsyncIterator[Story]:
    """A worker that reaches the store through the proxy."""
    settings = MongoSettings(stage="local", mongodb_uri=SecretStr(proxy.uri), mongodb_database=database.name)
    behind = connect(settings)
    yield Story(behind)
    behind.client.close()


def test_case_19_every_claim_is_a_majoritys_and_every_read_the_primarys() -> None:
    """A claim acknowledged by one node is rolled back, and two own the run: unless a majority has to have it."""
    settings = MongoSettings(
        stage="local",
        mongodb_uri=SecretStr("mongodb://127.0.0.1:9/?w=1&readPreference=secondary&readConcernLevel=local"),
    )

    database = connect(settings)

    for it in (database, database.runs):
        assert it.write_concern.document == {"w": "majority", "wtimeout": 5_000}
        assert it.read_preference == ReadPreference.PRIMARY
        assert it.read_concern.level == "majority"
    database.client.close()


async def test_case_19_an_unknown_commit_is_503_and_the_next_claim_tells_the_truth(
    story: Story, story_behind: Story, proxy: CutProxy
) -> None:
    """The commit of a success and its follow-up work arrives, no answer to it ever does."""

    async def work(payload: Note, context: JobContext[None]) -> str:
        context.enqueue(story.contract, Note(text="follow-up"))
        return await story_behind.succeed(payload, context)

    story_behind.behave = work
    run = await story.accept()
    proxy.cut(b"commitTransaction")

    unknown = await story_behind.deliver(run)

    assert (unknown.answer.status, unknown.answer.outcome) == (503, "unavailable")
    assert proxy.lost > 0
    proxy.heal()
    assert (await story_behind.deliver(run)).answer.outcome == "done"
    assert (await story.read(run)).state is State.SUCCEEDED
    assert await story.database.runs.count_documents({}) == 2
    assert story_behind.receiver.calls == [run.id]


async def test_case_19_a_commit_whose_answer_is_lost_once_is_asked_for_again(
    story: Story, story_behind: Story, proxy: CutProxy
) -> None:
    async def work(payload: Note, context: JobContext[None]) -> str:
        context.enqueue(story.contract, Note(text="follow-up"))
        return await story_behind.succeed(payload, context)

    story_behind.behave = work
    run = await story.accept()
    proxy.cut(b"commitTransaction", times=1)

    assert (await story_behind.deliver(run)).answer.outcome == "succeeded"

    assert proxy.lost == 1
    assert await story.database.runs.count_documents({}) == 2
    assert story_behind.receiver.calls == [run.id]


async def test_case_19_a_claim_whose_answer_is_lost_runs_nothing_until_its_lease_is_over(
    story: Story, story_behind: Story, proxy: CutProxy
) -> None:
    """It may have been applied: 503, then the truth, which is that somebody has it."""
    run = await story.accept()
    proxy.cut(b"findAndModify")

    lost = await story_behind.deliver(run)

    assert (lost.answer.status, lost.answer.outcome) == (503, "unavailable")
    assert story_behind.receiver.calls == []
    proxy.heal()
    assert (await story_behind.deliver(run)).answer.outcome == "busy"
    await story.expire_lease(run)
    assert (await story_behind.deliver(run)).answer.outcome == "succeeded"
    assert story_behind.receiver.calls == [run.id]


async def test_case_19_a_claim_whose_answer_is_lost_once_is_the_drivers_own_repeat(
    story: Story, story_behind: Story, proxy: CutProxy
) -> None:
    run = await story.accept()
    proxy.cut(b"findAndModify", times=1)

    assert (await story_behind.deliver(run)).answer.outcome == "succeeded"

    assert proxy.lost == 1
    assert (await story.read(run)).tries == 1


@pytest.mark.parametrize(
    "error", [AutoReconnect("gone"), NotPrimaryError("stepped down"), WTimeoutError("not by a majority", 64, {})]
)
async def test_case_19_what_a_failover_raises_is_a_dependency_that_is_down(error: Exception) -> None:
    with pytest.raises(DependencyDown):
        async with reachable():
            raise error
