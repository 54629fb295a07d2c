"""Brings what a stage stands on to what the code declares: shown first, then done, and nothing to do the second time.

    part           declared in                              module
    bucket         CORS_ORIGINS, and here                   bucket.py
    mongodb        shared/collections.py, validators.py     mongodb.py
    schedules      serverless.yml                           schedules.py   (infra/schedules)
    flow control   the jobs' contracts                      flow_control.py
    webhook        APP_URL, functions/email_events          webhook.py

    look ──▶ what differs, part by part ──▶ (asked) ──▶ apply ──▶ each change, one call or two

The parts know nothing of each other, so that a service which is away keeps nobody else waiting. Each change is looked
for anew and safe to repeat: a crash between two leaves the rest for the next time, and of two people who do it at once
the second finds it done. No data is ever deleted; what nobody declared is shown, and stays unless it is asked to go.
"""
