"""How functions run: one event at a time, warm, within their concurrency and their time."""

import asyncio
import os
import re
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from infra.local.lambda_host import State

Start = Callable[..., Awaitable[Any]]
Until = Callable[[Callable[[], object]], Awaitable[None]]
Alive = Callable[[int], bool]


async def test_a_process_is_reused(start: Start) -> None:
    hosted = await start("behaviours.process")
    first, second = (await hosted.call()).json(), (await hosted.call()).json()
    assert first["pid"] == second["pid"]
    assert second["calls"] == 2


async def test_events_at_the_same_time_run_in_processes_of_their_own(start: Start) -> None:
    hosted = await start("behaviours.process")
    answers = await asyncio.gather(hosted.call("?sleep=0.5"), hosted.call("?sleep=0.5"))
    assert len({answer.json()["pid"] for answer in answers}) == 2
    assert [one.state for one in hosted.host.processes("f")] == [State.IDLE, State.IDLE]


async def test_beyond_its_reserved_concurrency_it_is_throttled_in_awss_words(start: Start, until: Until) -> None:
    hosted = await start("behaviours.process", reserved_concurrency=1)
    busy = asyncio.create_task(hosted.call("?sleep=0.5"))
    await until(lambda: hosted.host.processes("f"))
    refused = await hosted.call()
    assert refused.status_code == 429
    assert refused.headers["x-amzn-errortype"] == "TooManyRequestsException"
    assert refused.json() == {
        "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
        "Type": "User",
        "message": "Rate Exceeded.",
    }
    assert (await busy).status_code == 200
    assert (await hosted.call()).status_code == 200


async def test_calls_one_after_another_are_never_throttled(start: Start) -> None:
    """The answer comes when the process is free again, not a moment before."""
    hosted = await start("behaviours.process", reserved_concurrency=1)
    assert {(await hosted.call()).status_code for _ in range(50)} == {200}


async def test_a_function_out_of_time_is_killed_with_its_children(start: Start, until: Until, alive: Alive) -> None:
    hosted = await start("behaviours.hangs_with_a_child", timeout=0.5)
    answer = await hosted.call()
    assert (answer.status_code, answer.text) == (502, "Internal Server Error")
    assert re.search(r"Z [0-9a-f-]{36} Task timed out after 0\.50 seconds\n", hosted.log())
    assert hosted.host.processes("f") == []
    child = re.search(r"child (\d+)", hosted.log())
    assert child
    await until(lambda: not alive(int(child[1])))


async def test_a_process_killed_in_the_middle_is_answered_as_an_error_and_replaced(start: Start, until: Until) -> None:
    hosted = await start("behaviours.process")
    before = (await hosted.call()).json()["pid"]
    running = asyncio.create_task(hosted.call("?sleep=20"))
    await until(lambda: [one.state for one in hosted.host.processes("f")] == [State.BUSY])
    os.kill(before, signal.SIGKILL)
    assert (await running).status_code == 502
    assert "Error: Runtime exited with error: signal: killed\nRuntime.ExitError" in hosted.log()
    assert (await hosted.call()).json()["pid"] != before


async def test_what_a_killed_process_had_started_ends_with_it(start: Start, until: Until, alive: Alive) -> None:
    hosted = await start("behaviours.hangs_with_a_child")
    running = asyncio.create_task(hosted.call())
    await until(lambda: "child" in hosted.log())
    os.kill(hosted.host.processes("f")[0].pid, signal.SIGKILL)
    assert (await running).status_code == 502
    child = re.search(r"child (\d+)", hosted.log())
    assert child
    await until(lambda: not alive(int(child[1])))


async def test_a_function_that_exits_by_itself_is_an_error(start: Start) -> None:
    hosted = await start("behaviours.leaves")
    assert (await hosted.call()).status_code == 502
    assert "Runtime exited with error: exit status 3" in hosted.log()


async def test_a_function_that_raises_keeps_its_process(start: Start) -> None:
    hosted = await start("behaviours.raises")
    answer = await hosted.call()
    assert (answer.status_code, answer.text) == (502, "Internal Server Error")
    assert "[ERROR] ValueError: no good" in hosted.log()
    assert [(one.state, one.invocations) for one in hosted.host.processes("f")] == [(State.IDLE, 1)]


async def test_an_idle_process_is_frozen(start: Start) -> None:
    """A thread that outlives its invocation gets no further until the next one, as in AWS."""
    hosted = await start("behaviours.leaves_a_thread")
    await hosted.call()
    await asyncio.sleep(0.3)
    assert (await hosted.call()).json()["counted"] < 100


async def test_a_process_that_is_not_to_be_frozen_runs_on(start: Start) -> None:
    hosted = await start("behaviours.leaves_a_thread", settings={"freeze": False})
    await hosted.call()
    await asyncio.sleep(0.5)
    assert (await hosted.call()).json()["counted"] >= 100


async def test_a_caller_that_hangs_up_does_not_end_the_function(start: Start, until: Until) -> None:
    hosted = await start("behaviours.process")
    pid = (await hosted.call()).json()["pid"]
    call = asyncio.create_task(hosted.call("?sleep=0.3"))
    await until(lambda: [one.state for one in hosted.host.processes("f")] == [State.BUSY])
    call.cancel()
    await until(lambda: [one.state for one in hosted.host.processes("f")] == [State.IDLE])
    assert (await hosted.call()).json() == {"pid": pid, "calls": 3}


async def test_what_a_function_prints_stands_in_its_log_between_the_platforms_lines(start: Start) -> None:
    hosted = await start("behaviours.prints")
    request_id = (await hosted.call()).headers["x-amzn-requestid"]
    lines = hosted.log().splitlines()
    assert lines[:4] == [
        f"START RequestId: {request_id} Version: $LATEST",
        "to standard output",
        "to standard error",
        f"END RequestId: {request_id}",
    ]
    assert re.fullmatch(
        rf"REPORT RequestId: {request_id}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\t"
        r"Memory Size: 128 MB\tInit Duration: [\d.]+ ms",
        lines[4],
    )


async def test_the_environment_is_awss_and_the_functions_and_nothing_of_the_hosts(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_HOST", "secret")
    hosted = await start(
        "behaviours.environment", environment={"A": "1", "B": "2"}, overrides={"f": {"B": "3", "C": "4"}}
    )
    answer = await hosted.call()
    told = answer.json()
    environment = told["environment"]
    assert (environment["A"], environment["B"], environment["C"]) == ("1", "3", "4")
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "millrace-local-f"
    assert environment["_HANDLER"] == "behaviours.environment"
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "128"
    assert environment["AWS_LAMBDA_INITIALIZATION_TYPE"] == "on-demand"
    assert environment["LAMBDA_TASK_ROOT"] == told["folder"]
    assert environment["_X_AMZN_TRACE_ID"] == answer.headers["x-amzn-trace-id"]
    assert told["request_id"] == answer.headers["x-amzn-requestid"]
    assert told["arn"] == "arn:aws:lambda:eu-central-1:000000000000:function:millrace-local-f"
    assert 30000 < told["remaining_ms"] <= 60000
    strange = {name for name in environment if not name.startswith(("AWS_", "LAMBDA_", "LC_", "_"))}
    assert strange == {"A", "B", "C", "LANG", "PATH", "TZ"}


async def test_a_function_that_does_not_import_is_an_error_and_tried_anew(start: Start) -> None:
    hosted = await start("broken.handler")
    assert (await hosted.call()).status_code == 502
    assert (await hosted.call()).status_code == 502
    assert "this module does not import" in hosted.log()
    assert "Status: error\tError Type: RuntimeError" in hosted.log()
    assert hosted.host.processes("f") == []


async def test_an_import_over_the_limit_is_started_over_within_the_functions_own_time(start: Start) -> None:
    hosted = await start("slow_import.handler", environment={"IMPORT_SECONDS": "0.5"}, settings={"init_timeout": 0.3})
    assert (await hosted.call()).json() == "imported"
    assert "Status: timeout" in hosted.log()


async def test_an_import_over_the_functions_own_time_is_a_timeout(start: Start) -> None:
    hosted = await start(
        "slow_import.handler",
        environment={"IMPORT_SECONDS": "60"},
        settings={"init_timeout": 0.2},
        timeout=0.3,
    )
    assert (await hosted.call()).status_code == 502
    assert "Task timed out after 0.30 seconds" in hosted.log()


async def test_a_reload_renews_idle_processes_now_and_busy_ones_later(start: Start, until: Until) -> None:
    hosted = await start("behaviours.process")
    await asyncio.gather(hosted.call("?sleep=0.3"), hosted.call("?sleep=0.3"))
    old = {one.pid for one in hosted.host.processes("f")}
    busy = asyncio.create_task(hosted.call("?sleep=0.5"))
    await until(lambda: State.BUSY in [one.state for one in hosted.host.processes("f")])
    await hosted.host.reload()
    assert [one.state for one in hosted.host.processes("f")] == [State.BUSY]
    assert (await busy).json()["pid"] in old
    assert hosted.host.processes("f") == []
    assert (await hosted.call()).json()["pid"] not in old


async def test_an_override_reaches_the_next_processes(start: Start) -> None:
    hosted = await start("behaviours.environment", environment={"A": "1"})
    await hosted.call()
    await hosted.host.override("f", {"A": "2"})
    assert (await hosted.call()).json()["environment"]["A"] == "2"


async def test_a_host_that_closes_answers_who_waits_and_leaves_no_process(
    start: Start, until: Until, alive: Alive
) -> None:
    hosted = await start("behaviours.process")
    pid = (await hosted.call()).json()["pid"]
    running = asyncio.create_task(hosted.call("?sleep=20"))
    await until(lambda: [one.state for one in hosted.host.processes("f")] == [State.BUSY])
    await hosted.host.__aexit__(None, None, None)
    assert (await running).status_code == 502
    assert not alive(pid)


async def test_a_warm_call_waits_for_no_acknowledgement(start: Start) -> None:
    """Without TCP_NODELAY each answer in two pieces costs 40 ms, three times a call: the fastest one too."""
    hosted = await start("behaviours.process")
    took = []
    for _ in range(30):
        began = time.perf_counter()
        await hosted.call()
        took.append(time.perf_counter() - began)
    assert min(took) < 0.04


async def test_an_idle_process_that_was_killed_is_replaced(start: Start, until: Until) -> None:
    hosted = await start("behaviours.process")
    pid = (await hosted.call()).json()["pid"]
    os.kill(pid, signal.SIGKILL)
    await until(lambda: not hosted.host.processes("f"))
    assert (await hosted.call()).json()["calls"] == 1
