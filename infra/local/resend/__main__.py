"""`python -m infra.local.resend --state DIR`: prints `ready PORT`, then serves until it is stopped."""

import argparse
from pathlib import Path

from infra.local.resend.app import Options, create_app
from infra.local.resend.endpoint import Endpoint
from infra.local.serve import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.local.resend", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--state", type=Path, required=True, help="a folder of its own, made when not there")
    parser.add_argument("--api-key", help="the one key that is accepted; any by default")
    parser.add_argument("--rate", type=int, default=5, help="calls a second; 0: unlimited")
    parser.add_argument("--key-hours", type=float, default=24, help="how long idempotency keys live")
    parser.add_argument("--webhook", help="the URL that is told what became of the mails")
    parser.add_argument("--webhook-secret", help="signs webhooks: whsec_ and base64")
    given = parser.parse_args()
    if bool(given.webhook) != bool(given.webhook_secret):
        parser.error("--webhook and --webhook-secret go together")
    try:
        webhook = Endpoint(given.webhook, given.webhook_secret) if given.webhook else None
    except ValueError as error:
        parser.error(str(error))
    options = Options(
        state=given.state,
        api_key=given.api_key,
        rate=given.rate,
        key_hours=given.key_hours,
        webhook=webhook,
    )
    serve(create_app(options), port=given.port)


if __name__ == "__main__":
    main()
