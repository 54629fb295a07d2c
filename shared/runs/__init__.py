"""Runs: one record for each piece of accepted work, and the only ways in which its state may change.

    pending ──publish──▶ queued ──claim──▶ running ──settle──▶ succeeded
                                            │   ▲
                                     settle ▼   │ claim
                                           retrying

    from                         by                                               to
    pending                      publish, noted if no delivery came first         queued
    pending, queued, retrying    claim                                            running
    running, its lease over      claim                                            running, another holder
    running                      settle: a value                                  succeeded
    running                      settle: a permanent error, or no try left        failed
    running                      settle: a retry can mend it                      retrying (cancelled, if requested)
    running                      settle: Continue, with leg + 1 and epoch + 1     pending (cancelled, if requested)
    queued, retrying, running*   revive, with epoch + 1                           pending
    any that has not ended*      finish: expired, exhausted, refused by QStash    failed
    any that has not ended*      finish: cancelled                                cancelled
    any that has not ended*      finish: its effect is found to have happened     succeeded
    failed, cancelled            replay, with epoch + 1                           pending
    a cron that has ended        claim, at its next turn                          running

    * running only when its lease is over

Every row is one compare-and-set on what was read; the fence counts claims, so that nobody who lost a lease can settle.

    model      what a record holds         settle     succeeded, failed, retrying, continued
    claim      who may work now            outbox     accepted -> handed over
    finish     every way to an end         revive     what was lost starts again; replay; cancel
    progress   how far the work is         masking    what of a payload may be shown

    selecting  which runs a person means   acting     one act: its change and its entry in the audit log
    editing    a payload changed by one    operating  one run or many: acts, and what QStash is told of them
"""
