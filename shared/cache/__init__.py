"""A cache-aside cache in Redis: ask it for a value and say how to compute it, and it computes as seldom as it can.

    profiles = Cache(redis, world, name="profiles", values=TypeAdapter(Profile), policy=Policy(fresh=60, stale=600))
    profile = await profiles.get(user_id, lambda: load(user_id), tags=(f"team:{team}",))
    await profiles.invalidate(user_id)               # after the change is committed, never before
    await profiles.invalidate_tag(f"team:{team}")

An entry's life, by the clock of Redis:

    stored ────────── fresh ──────────▶ soft TTL ──────── stale ────────▶ hard TTL: gone
    every get: one round trip   │            │  one caller computes, the others get the stale value at once
                                └ early: now and then one caller computes before the soft TTL (XFetch)

A Lambda is frozen when it has answered, so nothing computes in the background: the caller that is elected computes
inside its own request, which is slower for it. While nothing is cached the others wait, bounded, and compute for
themselves when their patience ends. A refresh that fails with a RetryableError is answered with the value that is
still there, and said (`degraded`); its lease is left to run out, so that nobody tries again before. A caller that is
cancelled gives its lease back; one whose process dies does not.

Why a slow writer can't undo an invalidation
    Each key and each tag has a version in Redis: a random name, made by a lookup that finds none. Invalidating
    deletes it. An entry is sealed with the versions that its lookup saw *before* it was computed, and both the
    store and every later lookup compare that seal with the versions of that moment, inside one script.

        lookup: seal A ── compute ──────────────── store: seal A, version is gone or B: refused
                             └ invalidate: A deleted
        lookup: seal A ── compute ── store: A = A, stored ── lookup: version is gone or B: a miss
                                                  └ invalidate: A deleted

    A name is never given twice (128 random bits, and Redis' time), so equal names prove that nobody deleted the
    version between the two moments. A version that expires, is evicted or goes with FLUSHALL or a restart is
    therefore an invalidation too many and never one too few; they are kept longer than the entries, so that this is
    rare. What no script can see is a Redis that acknowledges a deletion and forgets it in a crash: then the old
    value lives until its hard TTL, which is the bound for everything here.

A process that is paused past its lease
    Its value replaces none that began later. It was read long ago, so its TTLs count from the end of its lease.

A deploy that changes the type
    Code that knows the values in another shape (its JSON schema) has entries of its own, under the same versions: it
    reads nothing of the other's, and each one's invalidations reach both. What a schema does not show, a field that
    only means something else, needs another `name`.

Answers that are lost
    lookup      nobody knows who was elected: this caller computes for itself, the lease runs out, others wait for it
    store       stored or not, both are right: the seal was compared where it was stored
    invalidate  DependencyDown: it may have happened or not. Repeating is always safe; its worst is a needless miss

Redis away
    get         computes, one at a time for each key in this process, and keeps what it got in the process' memory
                for `policy.memo` seconds, a few hundred values; degraded.to("redis", "cache: computed"). For so
                long such a value may outlive an invalidation that was made by another process
    invalidate  forgets it in this process and raises DependencyDown: the caller decides what that means for it
"""

from shared.cache.cache import Cache, Compute
from shared.cache.policy import Policy

__all__ = ["Cache", "Compute", "Policy"]
