"""Runs: one record for each piece of accepted work, and the only ways in which its state may change.

                 publish            claim               settle
      pending ────────────▶ queued ───────▶ running ───────────────▶ succeeded
        ▲ ▲ ▲                 │  ▲           │ │ │ ▲
        │ │ │     claim, late │  │           │ │ │ └─ claim, when the lease has run out
        │ │ │                 ▼  │           │ │ └──── settle ─────▶ failed     (also claim: exhausted, expired)
        │ │ └─ continue: leg + 1 ┼───────────┘ │
        │ │                      │   settle    ▼
        │ └─ revive: epoch + 1 ──┴───────── retrying ──cancel──────▶ cancelled  (also from pending and queued)
        └─── replay: epoch + 1, from failed or cancelled

A claim is possible from pending, queued, retrying and from running with an expired lease. Every arrow is one
compare-and-set on what was read; the fence counts claims, so that nobody who lost a lease can settle.

    model     what a record holds          settle    succeeded, failed, retrying, continued
    claim     who may work now             outbox    accepted -> handed over
    finish    every way to an end          revive    what was lost starts again; replay; cancel
"""
