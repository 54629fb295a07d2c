"""For each row of the table: what is prepared with everything up, and the one call that then meets the fault.

`path` names the way through our code that a row takes; rows of one path and one code are one case in the short form.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Final

from shared import reports
from tests.chaos.away import household, leaving, operators
from tests.chaos.away.callers import accepted, address, answered, exchange, key, session
from tests.chaos.away.documents import (
    ask_for_room,
    bring_in,
    change_document,
    check,
    claim,
    document,
    list_documents,
    of_document,
)
from tests.chaos.away.indexed import index_one
from tests.chaos.away.scene import Call, Scene


@dataclass(frozen=True, slots=True)
class Story:
    path: str
    begin: Callable[[Scene], Call]


def plain(method: str, path: str) -> Callable[[Scene], Call]:
    return lambda scene: scene.request(method, path, 200)


def ask(scene: Scene) -> Call:
    return scene.request("POST", "/v1/auth/magic-links", 202, {"email": address()})


def sessions(scene: Scene) -> Call:
    return scene.request("GET", "/v1/auth/sessions", 200, bearer=session(scene))


def sign_out(scene: Scene) -> Call:
    return scene.request("DELETE", "/v1/auth/sessions/current", 204, bearer=session(scene))


def end_session(scene: Scene) -> Call:
    token = session(scene)
    (one,) = answered(scene, scene.request("GET", "/v1/auth/sessions", 200, bearer=token))["items"]
    return scene.request("DELETE", f"/v1/auth/sessions/{one['id']}", 204, bearer=token)


def make_key(scene: Scene) -> Call:
    body = {"name": "billing", "scopes": ["jobs:read"]}
    return scene.request("POST", "/v1/api-keys", 201, body, bearer=key(scene)[0])


def list_keys(scene: Scene) -> Call:
    return scene.request("GET", "/v1/api-keys", 200, bearer=key(scene)[0])


def revoke_key(scene: Scene) -> Call:
    bearer = key(scene)[0]
    return scene.request("DELETE", f"/v1/api-keys/{key(scene)[1]}", 204, bearer=bearer)


def start(scene: Scene) -> Call:
    wish = {"to": address(), "asked": "2026-11-23T09:00:00Z"}
    return scene.request("POST", "/v1/jobs/send_email", 202, wish, bearer=key(scene)[0])


def list_jobs(scene: Scene) -> Call:
    return scene.request("GET", "/v1/jobs", 200, bearer=key(scene)[0])


def one_job(scene: Scene) -> Call:
    run, _ = accepted(scene)
    return scene.request("GET", f"/v1/jobs/{run.id}", 200, bearer=key(scene)[0])


def cancel(scene: Scene) -> Call:
    run, _ = accepted(scene)
    return replace(scene.request("POST", f"/v1/jobs/{run.id}/cancel", 200, bearer=key(scene)[0]), run=run.id)


def deliver(scene: Scene) -> Call:
    return scene.message(accepted(scene)[0])


def give_up(scene: Scene) -> Call:
    return scene.callback(accepted(scene)[0])


def turn(scene: Scene) -> Call:
    """Two runs are overdue: one that QStash was never told of, and one whose message it has."""
    run, _ = accepted(scene)
    accepted(scene)

    async def forget() -> None:
        await scene.database.runs.update_one({"_id": run.id}, {"$set": {"state": "pending", "message_id": None}})

    scene.outside.run(forget())
    scene.time_passes()
    return scene.delivery("relay_jobs", b"", run=run.id)


def started(scene: Scene, job: str, wish: object, bearer: str) -> Call:
    """The delivery of a run that a caller has started."""
    made = answered(scene, scene.request("POST", f"/v1/jobs/{job}", 202, wish, bearer=bearer))
    return scene.message(scene.run(made["job"]))


def analyse(scene: Scene) -> Call:
    made, bearer = document(scene)
    return started(scene, "analyze_document", {"document": made}, bearer)


def typeset(scene: Scene) -> Call:
    """For a person, who is mailed when it is there."""
    table = {
        "kind": "table",
        "title": "Invoice",
        "number": "1",
        "issued": "2026-11-23",
        "seller": ["Ada"],
        "buyer": ["Charles"],
        "currency": "EUR",
        "items": [{"what": "An engine", "price": "5"}],
    }
    return started(scene, "generate_pdf", table, session(scene))


def fetch_report(scene: Scene) -> Call:
    bearer, name = key(scene)
    run = token_hex(8)

    async def make() -> None:
        draft = reports.Draft(f"key:{name}", "table", "Invoice", "Invoice.pdf", "{}")
        await reports.begin(scene.database, run, draft, created_at=0)
        await reports.finish(scene.database, run, reports.ReportFile(size=1, pages=1, sha256="00"))

    scene.outside.run(make())
    return scene.request("GET", f"/v1/reports/{run}/download", 200, bearer=bearer)


def search(scene: Scene) -> Call:
    """With an index in the bucket, which no process of the API has opened yet."""
    bearer, name = key(scene)
    scene.outside.run(index_one(scene.database, scene.functions["api"].spec.environment, owner=f"key:{name}"))
    return scene.request("GET", "/v1/search", 200, bearer=bearer)


STORIES: Final[Mapping[str, Story]] = {
    "GET /health": Story("static", plain("GET", "/health")),
    "GET /openapi.json": Story("static", plain("GET", "/openapi.json")),
    **{
        f"{method} {path}": Story("static", plain(method, path))
        for path in ("/sign-in", "/sign-in.js", "/sign-in.css")
        for method in ("GET", "HEAD")
    },
    "POST /v1/auth/magic-links": Story("ask", ask),
    "POST /v1/auth/sessions": Story("exchange", exchange),
    "GET /v1/auth/sessions": Story("read", sessions),
    "DELETE /v1/auth/sessions/current": Story("write", sign_out),
    "DELETE /v1/auth/sessions/{session_id}": Story("write", end_session),
    "POST /v1/api-keys": Story("create", make_key),
    "GET /v1/api-keys": Story("read", list_keys),
    "DELETE /v1/api-keys/{key_id}": Story("write", revoke_key),
    "POST /v1/jobs/{job}": Story("start", start),
    "GET /v1/jobs": Story("read", list_jobs),
    "GET /v1/jobs/{run_id}": Story("read", one_job),
    "POST /v1/jobs/{run_id}/cancel": Story("act", cancel),
    "POST /v1/jobs/{run_id}/replay": Story("act", operators.replay),
    "DELETE /v1/jobs/{run_id}": Story("act", operators.purge),
    "POST /v1/operations": Story("act", operators.operate),
    "GET /v1/operations": Story("read", operators.list_acts),
    "GET /v1/health": Story("read", operators.look),
    "GET /v1/suppressions": Story("read", operators.list_suppressions),
    "DELETE /v1/suppressions/{address}": Story("write", operators.lift),
    "DELETE /v1/users/me": Story("leave", leaving.leave),
    "DELETE /v1/users/{user_id}": Story("leave", leaving.send_away),
    "POST /v1/uploads": Story("sign", ask_for_room),
    "POST /v1/documents": Story("claim", claim),
    "GET /v1/documents": Story("read", list_documents),
    "GET /v1/documents/{document_id}": Story("read", of_document("GET", "", 200)),
    "PATCH /v1/documents/{document_id}": Story("change", change_document),
    "DELETE /v1/documents/{document_id}": Story("write", of_document("DELETE", "", 204)),
    "GET /v1/documents/{document_id}/download": Story("sign", of_document("GET", "/download", 200)),
    "GET /v1/reports/{report_id}/download": Story("sign", fetch_report),
    "GET /v1/search": Story("search", search),
    "analyze_document": Story("analyse", analyse),
    "check_document": Story("check", check),
    "generate_pdf": Story("typeset", typeset),
    "sync_search": Story("bring in", bring_in),
    "send_email": Story("deliver", deliver),
    "relay_jobs": Story("turn", turn),
    "record_failure": Story("give_up", give_up),
    "cleanup_blobs": Story("clean up", household.clean_up),
    "check_health": Story("probe", household.probe),
    "send_webhook": Story("tell", household.tell),
    "email_events": Story("hear", household.hear),
    "erase_user": Story("erase", leaving.erase),
}
