"""Every endpoint of the API: what it takes, and what its owner and another person are answered.

A new endpoint without a row fails test_who_may_touch_what.py. The order is a story: what ends something comes last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from functions.api.keys import SCOPES
from tests.integration.documents.files import TEXT, described

SESSION: Final = "a person's session"
OPERATOR: Final = "operator"
PEOPLE: Final = tuple(scope for scope in SCOPES if scope != OPERATOR)
"""The scopes of whoever signs in."""


@dataclass(frozen=True)
class Endpoint:
    method: str
    path: str
    """As the application knows it; the names in it are the Scene's."""
    takes: str
    """A scope, or SESSION."""
    owner: int
    other: int
    """What another person is answered, who has every scope that people have."""
    body: Mapping[str, Any] | None = None
    """`{document}` and the like stand for the Scene's."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def of_files(self) -> bool:
        return self.takes.startswith("documents:")

    @property
    def starts(self) -> bool:
        """Whether it begins work that the caller will own."""
        return self.owner == 202 and self.path.startswith(JOBS)

    @property
    def of_one(self) -> bool:
        """Whether it is about something of somebody's, which another must not find."""
        return self.other == 404


READ, WRITE = "documents:read", "documents:write"
LEAVING: Final = "/v1/users/me"
"""Whoever calls it is nobody after that, as after signing out."""
JOBS, DOCUMENTS, SESSIONS, KEYS = "/v1/jobs", "/v1/documents", "/v1/auth/sessions", "/v1/api-keys"
SUPPRESSIONS: Final = "/v1/suppressions"

ENDPOINTS: Final = (
    Endpoint("POST", "/v1/uploads", WRITE, 201, 201, described(TEXT)),
    Endpoint("POST", DOCUMENTS, WRITE, 201, 404, {"upload": "{upload}"}),
    Endpoint("GET", DOCUMENTS, READ, 200, 200),
    # The index finds hers for whoever asks.
    Endpoint("GET", "/v1/search", READ, 200, 200),
    Endpoint("GET", f"{DOCUMENTS}/{{document_id}}", READ, 200, 404),
    Endpoint("GET", f"{DOCUMENTS}/{{document_id}}/download", READ, 200, 404),
    Endpoint("GET", "/v1/reports/{report_id}/download", READ, 200, 404),
    Endpoint("PATCH", f"{DOCUMENTS}/{{document_id}}", WRITE, 200, 404, {"title": "mine now"}),
    # Whose the document is, the job looks up.
    Endpoint("POST", f"{JOBS}/analyze_document", "jobs:write", 202, 202, {"document": "{document_id}"}),
    Endpoint("POST", f"{JOBS}/generate_pdf", "jobs:write", 202, 202, {"kind": "report", "document": "{document_id}"}),
    Endpoint("POST", f"{JOBS}/{{job}}", "jobs:write", 404, 404, {}),
    Endpoint("GET", JOBS, "jobs:read", 200, 200),
    Endpoint("GET", f"{JOBS}/{{run_id}}", "jobs:read", 200, 404),
    # It waits with QStash: there is nothing to replay.
    Endpoint("POST", f"{JOBS}/{{run_id}}/replay", OPERATOR, 409, 403),
    Endpoint("POST", f"{JOBS}/{{run_id}}/cancel", "jobs:write", 200, 404),
    Endpoint("POST", "/v1/operations", OPERATOR, 200, 403, {"action": "cancel", "filter": {}}),
    Endpoint("GET", "/v1/operations", OPERATOR, 200, 403),
    Endpoint("DELETE", f"{JOBS}/{{run_id}}", OPERATOR, 204, 403),
    Endpoint("DELETE", "/v1/users/{user_id}", OPERATOR, 202, 403),
    Endpoint("GET", "/v1/health", OPERATOR, 200, 403),
    Endpoint("GET", KEYS, OPERATOR, 200, 403),
    Endpoint("POST", KEYS, OPERATOR, 201, 403, {"name": "mine", "scopes": ["operator"]}),
    Endpoint("DELETE", f"{KEYS}/{{key_id}}", OPERATOR, 204, 403),
    Endpoint("GET", SUPPRESSIONS, OPERATOR, 200, 403),
    Endpoint("DELETE", f"{SUPPRESSIONS}/{{address}}", OPERATOR, 204, 403),
    Endpoint("DELETE", f"{DOCUMENTS}/{{document_id}}", WRITE, 204, 404),
    Endpoint("GET", SESSIONS, SESSION, 200, 200),
    Endpoint("DELETE", f"{SESSIONS}/{{session_id}}", SESSION, 204, 404),
    Endpoint("DELETE", f"{SESSIONS}/current", SESSION, 204, 204),
    Endpoint("DELETE", LEAVING, SESSION, 202, 202),
)

OPEN: Final = {
    ("GET", "/health"),
    ("GET", "/openapi.json"),
    ("GET", "/sign-in"),
    ("GET", "/sign-in.js"),
    ("GET", "/sign-in.css"),
    ("POST", "/v1/auth/magic-links"),
    ("POST", SESSIONS),
}
"""For everybody: who comes here has no credentials yet, or needs none."""


def scopes_without(scope: str) -> tuple[str, ...]:
    """All but this one, and but the one that stands for all."""
    return tuple(one for one in PEOPLE if one != scope)
