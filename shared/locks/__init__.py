"""Locks over all Lambdas: one owner at a time, for a lease, with a fence that the protected record checks.

    locks = Locks(redis, world)
    async with locks.hold(f"invoice:{number}", lease=30.0, wait=5.0) as held:
        ...
        held.check()                                                    # LockLost when the lease may be over
        await fenced_update(invoices, {"_id": number}, {"$set": ...}, held.fence)

    free ──acquire(A): fence f──▶ held by A ──renew, or acquire(A) again: the same f──▶ held by A
     ▲                               │ release(A)               │ the lease runs out
     │◀──────────────────────────────┘                          ▼
     │                                                   over, still A's ──renew, acquire(A): f──▶ held by A
     │                                                          │
     └────────────── release(A) ◀───────────────────────────────┤ acquire(B): a fence above f
                                                                ▼
                                                           held by B; A's renewals and fenced writes are refused

    A      sent    Redis  answer                        A's own end    Redis' end
    ───────●────────●──────●───────────────────────────────●───────────●──────▶
           └──────── lease, less a hundredth ──────────────┘
                    └──────── lease ───────────────────────────────────┘

A lease is judged by Redis' clock. Its holder counts from when it *sent* the question, so it gives up earlier than
Redis does; but a process that sleeps can't look at its clock, and a write that is on its way can't be called back.
So a lock alone keeps most work from being done twice at once; that a late holder overwrites nothing is the fence's
doing, and only where the record checks it.

When Redis is away no lock is had: `acquire` and `hold` raise DependencyDown, and nothing stands in for it.
What holds when Redis loses data is said in `store.py`. `fenced_update` is in `shared.locks.fenced`, so that who takes
a lock and writes elsewhere imports no MongoDB driver.
"""

from shared.locks.errors import FencedOut, LockBusy, LockLost
from shared.locks.held import Held
from shared.locks.locks import Locks

__all__ = ["FencedOut", "Held", "LockBusy", "LockLost", "Locks"]
