"""One request done once, with the record in a store that has a lease (Redis).

    async def upload() -> tuple[Ticket, str]:          # the answer, and the reference it can be built from again
        ...
    performed = await perform(store, asked, upload, sign_anew, owner=principal.id)

What is kept is the reference and never the answer, so a signed URL is signed anew at every repeat, and an answer that
holds a credential can't be kept by mistake.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared import degraded
from shared.errors import DependencyDown
from shared.idempotency.asked import Asked
from shared.idempotency.requests import Done, InFlight, Mismatch, New, Requests

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Performed(Generic[T]):
    answer: T
    replayed: bool


async def perform(
    store: Requests,
    asked: Asked,
    work: Callable[[], Awaitable[tuple[T, str]]],
    rebuild: Callable[[str], Awaitable[T]],
    *,
    owner: str,
) -> Performed[T] | InFlight | Mismatch:
    """An error that leaves `work` means that nothing was done: the key is free. Being cut off leaves it to the lease.

    DependencyDown: the store was away before anything was done. Away only at the end, the answer is given all the same
    (the work was done), and a repeat after the lease would do it again: said as degraded.
    """
    verdict = await store.begin(asked)
    match verdict:
        case Done(reference):
            return Performed(await rebuild(reference), replayed=True)
        case InFlight() | Mismatch():
            return verdict
        case New():
            pass
    try:
        answer, reference = await work()
    except Exception:
        await _free(store, verdict)
        raise
    try:
        await store.complete(verdict, reference, owner=owner)
    except DependencyDown as error:
        degraded.to(error.service, "the answer is not kept for a repeat")
    return Performed(answer, replayed=False)


async def _free(store: Requests, new: New) -> None:
    try:
        await store.abandon(new)
    except DependencyDown as error:
        degraded.to(error.service, "the key is free when its lease ends")
