"""What a record must look like, as MongoDB itself checks it: the fields that every reader relies on, and no others.

A writer's fault is refused where it is made, and not found by the reader who meets it a week later; a TTL index deletes
nothing by an `expires_at` that is no date. Fields that may be missing, and what only their own job reads, are left to
the code, so that a record may grow without a change here. The local stack's collections have their rules, and so all
that the demo writes has passed them.

    validationLevel   moderate: a record that was there before its rule can still be changed, and ended
    validationAction  error: a warning would stand in the database's own log, which nobody here reads

A state is one of a closed set. So a new one is declared to MongoDB before the code that writes it is deployed:
`python -m infra bootstrap` goes first, and code of before, which knows fewer states, passes the wider rule as well.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from shared.documents.model import Status, UploadState
from shared.mail import suppressions
from shared.mail.state import State as MailState
from shared.runs.model import State as RunState

Schema = Mapping[str, Any]

LEVEL: Final = "moderate"
ACTION: Final = "error"

TEXT: Final[Schema] = {"bsonType": "string"}
NUMBER: Final[Schema] = {"bsonType": ["int", "long"]}
"""A count, or milliseconds since the epoch."""
FLAG: Final[Schema] = {"bsonType": "bool"}
MOMENT: Final[Schema] = {"bsonType": "date"}
WORDS: Final[Schema] = {"bsonType": "array", "items": TEXT}


def _one_of(values: Iterable[str]) -> Schema:
    return {"enum": [str(value) for value in values]}


def _record(required: Mapping[str, Schema], **optional: Schema) -> Schema:
    return {"bsonType": "object", "required": list(required), "properties": {**required, **optional}}


def _all(kind: Schema, *names: str) -> Mapping[str, Schema]:
    return dict.fromkeys(names, kind)


FILE: Final = _record({**_all(TEXT, "key", "name", "content_type", "sha256"), "size": NUMBER})

SCHEMAS: Final[Mapping[str, Schema]] = {
    "runs": _record(
        {
            **_all(TEXT, "_id", "job", "owner", "payload"),
            **_all(NUMBER, "version", "leg", "epoch", "tries", "fence"),
            **_all(NUMBER, "created", "not_before", "ends_by", "look_at"),
            "state": _one_of(RunState),
            "raises_alert": FLAG,
        },
        expires_at=MOMENT,
    ),
    "deliveries": _record({"_id": TEXT, "expires_at": MOMENT}),
    "rejections": _record({**_all(TEXT, "_id", "job", "reason"), "at": NUMBER, "expires_at": MOMENT}),
    # Whoever is being erased has no address any more.
    "users": _record({"_id": TEXT, "created": NUMBER}, email=TEXT, erasing=NUMBER, scopes=WORDS),
    "sign_ins": _record(
        {**_all(TEXT, "_id", "run", "kid", "user", "nonce"), **_all(NUMBER, "created", "ends"), "expires_at": MOMENT}
    ),
    "sessions": _record(
        {
            **_all(TEXT, "_id", "id", "user"),
            **_all(NUMBER, "created", "ends"),
            "scopes": WORDS,
            "expires_at": MOMENT,
        }
    ),
    "api_keys": _record({**_all(TEXT, "_id", "id", "name", "by"), "scopes": WORDS, "created": NUMBER}),
    "emails": _record(
        {
            **_all(TEXT, "_id", "kind", "request"),
            **_all(NUMBER, "created", "calls", "answered"),
            "state": _one_of(MailState),
            "expires_at": MOMENT,
        }
    ),
    "suppressions": _record(
        {
            **_all(TEXT, "_id", "resend_id"),
            "since": NUMBER,
            "state": _one_of((*suppressions.STATES, suppressions.LIFTED)),
        }
    ),
    "mail_events": _record({"_id": TEXT, "expires_at": MOMENT}),
    "audit": _record({**_all(TEXT, "_id", "by", "action", "subject", "what"), "at": NUMBER, "expires_at": MOMENT}),
    "health_checks": _record({"at": NUMBER, "expires_at": MOMENT}),
    "uploads": _record(
        {
            **_all(TEXT, "_id", "owner", "key", "name", "content_type", "sha256"),
            **_all(NUMBER, "size", "created_at", "url_expires_at"),
            "state": _one_of(UploadState),
        }
    ),
    "documents": _record(
        {
            **_all(TEXT, "_id", "owner", "title"),
            **_all(NUMBER, "version", "indexed_version", "created_at", "updated_at"),
            "tags": WORDS,
            "file": FILE,
            "status": _one_of(Status),
        },
        deleted_at=NUMBER,
        unindexed_since=NUMBER,
    ),
    "reports": _record(
        {
            **_all(TEXT, "_id", "owner", "kind", "title", "name", "content", "key"),
            **_all(NUMBER, "created_at", "expires_at"),
        }
    ),
    "idempotent_requests": _record({"_id": TEXT, "expires_at": MOMENT}),
}
"""By collection."""


def options(name: str) -> Mapping[str, Any]:
    """What a collection is made with, and changed to; empty where nothing is asked of its records."""
    if name not in SCHEMAS:
        return {}
    return {"validator": {"$jsonSchema": SCHEMAS[name]}, "validationLevel": LEVEL, "validationAction": ACTION}
