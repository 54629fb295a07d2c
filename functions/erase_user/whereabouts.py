"""Every store of the bundle, and what is a user's in it: the place that empties it, or why there is nothing of one.

Ids are kept where they say who did what (the audit log), or what was about whom: without a record that they lead to,
they lead to nobody. Outside of our reach are the mails that Resend has sent, and what CloudWatch keeps of our logs,
which hold ids alone.
"""

from collections.abc import Mapping
from typing import Final

from functions.erase_user.places import Place
from functions.erase_user.places.documents import remove_documents
from functions.erase_user.places.kept import forget_answers, forget_requests
from functions.erase_user.places.mails import remove_mails
from functions.erase_user.places.reports import remove_reports
from functions.erase_user.places.runs import remove_runs
from functions.erase_user.places.signing_in import remove_sessions, remove_sign_ins
from functions.erase_user.places.uploads import remove_uploads

BY_THE_JOB: Final = "the job itself, last of all"

COLLECTIONS: Final[Mapping[str, Place | str]] = {
    "users": BY_THE_JOB,
    "sign_ins": remove_sign_ins,
    "sessions": remove_sessions,
    "uploads": remove_uploads,
    "documents": remove_documents,
    "reports": remove_reports,
    "runs": remove_runs,
    "emails": remove_mails,
    "suppressions": remove_mails,  # and the door, with the user's address
    "idempotent_requests": forget_requests,
    "audit": "who has done what, by ids alone: that a user was erased must be known afterwards",
    "api_keys": "servers' and operators'; who made one is named by id",
    "deliveries": "ids of QStash's deliveries, for ten minutes",
    "rejections": "ids and reasons of messages that name no run",
    "mail_events": "ids of webhooks, for 48 hours",
    "health": "what dependencies answered",
    "health_checks": "what dependencies answered",
    "orphans": "keys of objects, made of chance",
    "condemned": "keys of objects, made of chance",
    "search_generation": "names of files",
    "search_retired": "names of files",
}

PREFIXES: Final[Mapping[str, Place | str]] = {
    "uploads": remove_uploads,
    "files": remove_documents,
    "texts": remove_documents,
    "reports": remove_reports,
    "health": "what the checks write and read",
    "search": "sync_search takes documents out; their words go with the files that held them (docs/search.md)",
}
"""Of keys in the bucket, up to the first slash."""

REDIS: Final[Mapping[str, Place | str]] = {
    "answers": forget_answers,
    "cache": forget_answers,  # and of searches ids alone, for seconds (shared/search/cached.py)
    "limit": "hashes, and how often in the last minutes",
    "quota": "hashes, and how much in this window",
    "count": "hashes, and how much in this window",
    "lock": "hashes of names of ours",
    "bulkhead": "names of ours",
    "breaker": "names of services",
    "health": "what the checks write and read",
    "idempotent": "hashes of requests of which MongoDB sees nothing; no function has any",
}
"""Of names in Redis, up to the first colon."""
