"""The stories of what keeps house: cleaning, checking, telling servers, and hearing of mails."""

import base64
from secrets import token_hex

from functions.cleanup_blobs.contract import CONTRACT as CLEANUP
from functions.cleanup_blobs.contract import CleanupBlobs
from shared.enqueue import new_run
from shared.runs import outbox
from shared.runs.model import Run
from tests.chaos.away.callers import OPERATOR, answered, key
from tests.chaos.away.documents import uploaded
from tests.chaos.away.scene import Call, Scene
from tests.support import svix


def clean_up(scene: Scene) -> Call:
    """There is an upload that nobody has claimed in time."""
    uploaded(scene)
    new = new_run(CLEANUP, CleanupBlobs(), owner="test", run_id=token_hex(8))

    async def accept() -> Run:
        await scene.database.uploads.update_many({}, {"$set": {"url_expires_at": 1}})
        run = await outbox.insert(scene.database, new)
        await outbox.all_handed_over(scene.database, [(run, f"msg_{token_hex(8)}")])
        return run

    return scene.message(scene.outside.run(accept()))


def probe(scene: Scene) -> Call:
    return scene.delivery("check_health", b"")


def tell(scene: Scene) -> Call:
    """A job has ended that a server has started, whose key has a webhook."""
    hook = {"name": "billing", "scopes": OPERATOR, "webhook": f"http://{scene.outside.slot}/told"}
    made = answered(scene, scene.request("POST", "/v1/api-keys", 201, hook, bearer=key(scene)[0]))
    wish = {"to": f"{token_hex(6)}@example.com", "asked": "2026-11-23T09:00:00Z"}
    job = answered(scene, scene.request("POST", "/v1/jobs/send_email", 202, wish, bearer=made["key"]))["job"]
    assert scene.call(scene.message(scene.run(job))).status == 200
    return scene.message(next(run for run in scene.runs() if run.job == "send_webhook"))


def hear(scene: Scene) -> Call:
    """Of a mail that another application of the account has sent."""
    secret = scene.functions["email_events"].spec.environment["RESEND_WEBHOOK_SECRET"]
    body = svix.told("delivered", "re_1", ["ada@example.com"])
    return Call("email_events", svix.webhook(body, key=base64.b64decode(secret.removeprefix("whsec_"))), 200)
