"""Runs one job's function under its deadline, and turns whatever happens into an outcome.

returns a value     -> Succeeded        PermanentError                     -> Failed; BadRequest: without an alert
returns Continue    -> Continued        RetryableError, deadline, a fault  -> Retrying, Failed at the budget's end
                                        BreakerOpen: nothing was tried     -> Retrying, and no try is counted
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from shared import deadline
from shared.breakers import BreakerOpen
from shared.context import Continue, JobContext
from shared.contract import Contract, Payload
from shared.errors import BadRequest, DeadlineReached, MalformedMessage, PermanentError, RetryableError
from shared.runs.model import Run, to_json
from shared.runs.settle import Continued, Failed, Outcome, Retrying, Succeeded
from shared.told import described, told, where, wrong_fields

Work = Callable[[Any, JobContext[Any]], Awaitable[Any]]


def payload_of(run: Run, contract: Contract[Any]) -> Payload:
    """The run's payload, lifted to its present version. Raises MalformedMessage if it is not the contract's, and
    RetryableError if only newer code can read it.
    """
    if run.version < contract.version and contract.upcast is None:
        raise MalformedMessage(f"nothing lifts a payload of version {run.version}")
    try:
        return cast("Payload", contract.decode(run.version, run.payload))
    except ValidationError as error:
        raise MalformedMessage(f"payload: {wrong_fields(error)}") from None


def cursor_of(run: Run, contract: Contract[Any]) -> Any:
    """Where the last leg stopped, lifted to the present version; None in the first one."""
    version = run.version if run.cursor_version is None else run.cursor_version
    cursor = run.read_cursor()
    if cursor is None or version == contract.version or contract.upcast_cursor is None:
        return cursor
    return contract.upcast_cursor(version, cursor)


async def attempt(work: Work, contract: Contract[Any], context: JobContext[Any]) -> Outcome:
    """Run the work once, with its payload and cursor lifted to the present version.

    What it raised is in the outcome, fit for its owner's eyes; the fault's text is not.
    """
    run = context.run
    seconds = context.remaining()
    limit = asyncio.timeout(max(0.0, seconds))
    try:
        payload = payload_of(run, contract)
        context = replace(context, cursor=cursor_of(run, contract))
        with deadline.within(seconds, context.world.monotonic):
            async with limit:
                value = await work(payload, context)
        return _outcome(value, contract)
    except PermanentError as error:
        return Failed(told(error, 200), described(error), alarming=not isinstance(error, BadRequest))
    except BreakerOpen as error:
        wait = error.retry_after or contract.backoff.first
        return Retrying(_jittered(wait, context), described(error), counted=False)
    except RetryableError as error:
        return _again(error, run, contract, context)
    except Exception as error:  # noqa: BLE001 - a fault in a job is an outcome of its run
        if limit.expired():
            return _again(DeadlineReached(f"not done within {contract.deadline:g} s"), run, contract, context)
        fault: BaseException = error
    except asyncio.CancelledError as error:
        if (task := asyncio.current_task()) is None or task.cancelling():
            raise  # the heartbeat stops the work
        fault = error  # the job's own: it awaited something that was cancelled
    # Outside of the handler: a traceback that a logger writes there, even of its own stumbling, holds the fault's text.
    context.log.error("the job raised", extra={"fault": type(fault).__name__, "where": where(fault)})
    return _again(fault, run, contract, context)


def _outcome(value: object, contract: Contract[Any]) -> Outcome:
    if isinstance(value, Continue):
        return Continued(_storable(contract.encode_cursor(value.cursor)), wait=value.after, version=contract.written)
    return Succeeded(_result(value))


def _result(value: object) -> str | None:
    if value is None:
        return None
    return value.model_dump_json() if isinstance(value, BaseModel) else _storable(to_json(value))


def _storable(text: str) -> str:
    text.encode()  # raises here, as the job's own fault, rather than when it is settled
    return text


def _again(error: BaseException, run: Run, contract: Contract[Any], context: JobContext[Any]) -> Outcome:
    if run.tries >= contract.tries and not contract.singleton:
        return Failed(f"all {contract.tries} tries are used up", described(error))
    asked = error.retry_after if isinstance(error, RetryableError) else None
    wait = contract.backoff.wait(run.tries - 1) if asked is None else asked
    return Retrying(_jittered(wait, context), described(error))


def _jittered(wait: float, context: JobContext[Any]) -> float:
    return wait * (1 + context.world.random.random() / 10)
