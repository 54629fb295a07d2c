"""Starts the server: `python -m infra.local.qstash --state DIR [--port 0] [--time-scale N] ...`.

It prints `ready PORT` when it listens. Besides QStash's own API it has two calls for development only, which
need the token like all others: `POST /local/redeliver/{messageId}` delivers a finished message once more
under the same id and answers `{"messageId", "status", "error"}`; `GET /local/idle` answers
`{"idle", "waiting", "active"}`.

`--time-scale` divides back-off, retry-delay expressions, delays, the dedup window and crons; never an
answer's Retry-After, a timeout or a flow control's period.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from infra.local.qstash.app import create_app
from infra.local.qstash.settings import (
    DEVELOPMENT_CURRENT_KEY,
    DEVELOPMENT_NEXT_KEY,
    DEVELOPMENT_TOKEN,
    FREE,
    PAY_AS_YOU_GO,
    Settings,
)
from infra.local.serve import serve


def main(
    *,
    state: Annotated[Path, typer.Option(help="the folder that keeps messages over a restart")],
    port: Annotated[int, typer.Option(help="0: any free one")] = 0,
    time_scale: Annotated[float, typer.Option(min=0.001, help="how much faster its own waits run")] = 1.0,
    token: str = DEVELOPMENT_TOKEN,
    current_key: str = DEVELOPMENT_CURRENT_KEY,
    next_key: str = DEVELOPMENT_NEXT_KEY,
    parallelism: Annotated[int, typer.Option(min=1, help="deliveries at once, over all")] = 100,
    free_plan: Annotated[bool, typer.Option(help="the limits of a free account")] = False,
    max_retries: Annotated[int | None, typer.Option(min=0, help="what the plan allows")] = None,
) -> None:
    plan = FREE if free_plan else PAY_AS_YOU_GO
    settings = Settings(
        state=state,
        token=token,
        current_key=current_key,
        next_key=next_key,
        time_scale=time_scale,
        parallelism=parallelism,
        plan=plan if max_retries is None else replace(plan, max_retries=max_retries),
    )
    serve(create_app(settings), port=port)


if __name__ == "__main__":
    typer.run(main)
