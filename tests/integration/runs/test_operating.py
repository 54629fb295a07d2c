"""What a person does to one run: replay, cancel, purge; each with its entry in the audit log, or refused with none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared import audit
from shared.clock import World
from shared.database import Database
from shared.runs.acting import Because
from shared.runs.model import RETENTION, Run, State
from shared.runs.operating import Done, Outcome
from tests.integration.runs.on_call import acts, failed, operator
from tests.support.story import NOTE, Story


async def test_a_run_that_failed_keeps_its_error_its_attempts_and_its_dead_letter(story: Story) -> None:
    """That of our own 489: its failure callback names it."""
    run = await failed(story)
    assert (run.state, run.error, run.dlq_id) == (State.FAILED, {"code": "permanent", "message": "no"}, "dlq_1")
    assert [attempt["outcome"] for attempt in run.attempts] == ["failed"]


async def test_a_replay_starts_over_and_the_effect_happens_once(story: Story) -> None:
    run = await failed(story)
    assert await operator(story).replay(run.id) == Done(run.id, Outcome.REPLAYED)

    replayed = await story.read(run)
    assert (replayed.state, replayed.epoch, replayed.tries, replayed.finished) == (State.QUEUED, 1, 0, None)
    assert (replayed.dlq_id, replayed.dead_letters, story.qstash.removed) == (None, (), ["dlq_1"])
    await story.deliver(replayed)
    assert ((await story.read(run)).state, story.receiver.applied[run.id]) == (State.SUCCEEDED, 1)
    assert await acts(story.database) == [("key:on-call", "run.replay", run.id)]


async def test_all_dead_letters_of_a_run_that_was_revived_are_removed(story: Story) -> None:
    run = await story.accept()
    await story.give_up(run, dlq_id="dlq_0")
    await story.relay_later(run)
    await story.change(run, tries=3)
    await story.give_up(await story.read(run), dlq_id="dlq_1")
    await operator(story).replay(run.id)
    assert story.qstash.removed == ["dlq_0", "dlq_1"]


async def test_what_has_ended_expires_and_nothing_else_does(story: Story) -> None:
    expires: dict[State, bool] = {}
    longest: list[timedelta] = []

    async def look(run: Run) -> None:
        record = await story.database.runs.find_one({"_id": run.id})
        assert record is not None
        expires[State(record["state"])] = "expires_at" in record
        if "expires_at" in record:
            longest.append(timedelta(milliseconds=record["expires_at"].timestamp() * 1000 - record["finished"]))

    async def later(*_: object) -> None:
        raise TimeoutError

    run = await story.accept()
    await look(run)
    story.behave = later
    await story.deliver(run)
    await look(run)
    story.behave = story.succeed
    await story.deliver(await story.read(run))
    await look(run)
    run = await failed(story)
    await look(run)
    story.qstash.down = True
    await operator(story).replay(run.id)
    await look(run)
    await operator(story).cancel(run.id)
    await story.deliver(await story.read(run))
    await look(run)
    ended = {State.SUCCEEDED, State.FAILED, State.CANCELLED}
    assert expires == {state: state in ended for state in State if state is not State.RUNNING}
    assert {round(one / RETENTION, 6) for one in longest} == {1}


@pytest.mark.parametrize("state", [state for state in State if state not in {State.FAILED, State.CANCELLED}])
async def test_what_lives_or_has_succeeded_is_not_replayed(story: Story, state: State) -> None:
    run = await story.accept()
    await story.change(run, state=state.value)
    before = await story.read(run)
    done = await operator(story).replay(run.id)
    assert (done.outcome, done.because) == (Outcome.REFUSED, Because.STATE)
    assert (await story.read(run), await acts(story.database)) == (before, [])


async def test_a_replay_takes_back_the_business_key_that_the_failure_freed(story: Story) -> None:
    run = await failed(story, key="k")
    assert (run.key, run.freed_key) == (None, "k")
    await operator(story).replay(run.id)
    again = await story.desk.enqueue(NOTE.payload(), key="k")
    assert (again.run.id, again.created) == (run.id, False)


@pytest.mark.parametrize("ended", [False, True], ids=["it lives", "it has succeeded"])
async def test_a_replay_whose_key_another_run_has_is_refused_and_says_which(story: Story, *, ended: bool) -> None:
    run = await failed(story, key="k")
    other = await story.accept(key="k")
    if ended:
        await story.deliver(other)
    done = await operator(story).replay(run.id)
    assert (done.outcome, done.because) == (Outcome.REFUSED, Because.KEY)
    assert other.id in str(done.why)
    assert (await story.read(run)).state is State.FAILED


async def test_a_replay_can_wait_and_is_given_its_whole_age_from_then_on(story: Story) -> None:
    run = await failed(story)
    await operator(story).replay(run.id, delay=600)
    replayed = await story.read(run)
    assert replayed.ends_by - replayed.not_before == NOTE.max_age / timedelta(milliseconds=1)
    assert (await story.deliver(replayed)).answer.outcome == "early"


@pytest.mark.parametrize("act", ["replay", "cancel", "purge"])
async def test_a_run_that_there_is_not_is_refused(story: Story, act: str) -> None:
    done = await getattr(operator(story), act)("nothing")
    assert (done.outcome, done.because, await acts(story.database)) == (Outcome.REFUSED, Because.UNKNOWN, [])


async def test_a_crons_record_is_neither_replayed_nor_purged(database: Database) -> None:
    story = Story(database, replace(NOTE, singleton=True))
    await story.desk.deliver_body(b"")
    for done in (await operator(story).replay("cron:note"), await operator(story).purge("cron:note")):
        assert (done.outcome, done.because) == (Outcome.REFUSED, Because.JOB)


@pytest.mark.parametrize("before", [State.SUCCEEDED, State.RETRYING], ids=["it succeeds", "it is tried again"])
async def test_a_cancelled_turn_of_a_cron_does_not_end_the_turns_after_it(database: Database, before: State) -> None:
    story = Story(database, replace(NOTE, singleton=True))

    async def stopped(*_: object) -> None:
        await operator(story).cancel("cron:note")
        if before is State.RETRYING:
            raise TimeoutError

    async def turns(count: int) -> list[str]:
        return [(await story.desk.deliver_body(b"")).answer.outcome for _ in range(count)]

    story.behave = stopped
    await turns(1)
    story.behave = story.succeed
    assert await turns(2) == ["succeeded", "succeeded"]
    assert (await story.desk.read("cron:note")).cancel is None


async def test_a_job_that_is_not_here_any_more_is_purged_and_not_replayed(story: Story) -> None:
    run = await failed(story)
    await story.change(run, job="gone")
    assert (await operator(story).replay(run.id)).because is Because.JOB
    assert (await operator(story).purge(run.id)).outcome is Outcome.PURGED


async def test_a_cancelled_run_is_told_of_and_can_be_replayed(story: Story) -> None:
    run = await story.accept()
    assert (await operator(story).cancel(run.id)).outcome is Outcome.CANCELLED
    assert (await operator(story).cancel(run.id)).because is Because.STATE
    assert (await operator(story).replay(run.id)).outcome is Outcome.REPLAYED
    assert [action for _, action, _ in await acts(story.database)] == ["run.replay", "run.cancel"]


async def test_a_cancellation_of_what_has_begun_is_asked_for_once(story: Story) -> None:
    run = await story.accept()
    await story.deliver_and_crash(run)
    outcomes = [(await operator(story).cancel(run.id)).outcome for _ in range(2)]
    assert outcomes == [Outcome.REQUESTED] * 2
    assert await acts(story.database) == [("key:on-call", "run.cancel", run.id)]


async def test_whoever_cancels_what_is_their_own_is_not_written_down(story: Story) -> None:
    run = await story.accept()
    await operator(story, by="owner").cancel(run.id)
    assert await acts(story.database) == []


async def test_a_purged_run_is_gone_with_its_dead_letter(story: Story) -> None:
    run = await failed(story)
    assert (await operator(story).purge(run.id)).outcome is Outcome.PURGED
    assert await story.database.runs.find_one({"_id": run.id}) is None
    assert story.qstash.removed == ["dlq_1"]
    assert await acts(story.database) == [("key:on-call", "run.purge", run.id)]


@pytest.mark.parametrize("state", [State.PENDING, State.QUEUED, State.RUNNING, State.RETRYING])
async def test_what_has_not_ended_is_not_purged(story: Story, state: State) -> None:
    run = await story.accept()
    await story.change(run, state=state.value)
    assert (await operator(story).purge(run.id)).because is Because.STATE
    assert await acts(story.database) == []


async def test_a_plain_message_s_run_is_kept_for_a_day(database: Database) -> None:
    """Its message brings the record along: delivered once more, it would begin anew."""
    story = Story(database, replace(NOTE, accepts_plain=True))
    await story.desk.deliver_body(b"{}", message_id="msg_7")
    assert (await operator(story).purge("note:msg_7")).because is Because.STATE
    tomorrow = World(now=lambda: World().now() + 86_401)
    assert (await operator(story, world=tomorrow).purge("note:msg_7")).outcome is Outcome.PURGED


async def test_an_act_is_not_done_where_it_can_not_be_noted(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away(Exception):
        pass

    async def away(*_: object, **__: object) -> None:
        raise Away

    run = await failed(story)
    monkeypatch.setattr(audit, "note", away)
    for act in (operator(story).replay, operator(story).purge):
        with pytest.raises(Away):
            await act(run.id)
    assert await story.read(run) == run
