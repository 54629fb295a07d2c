"""The command: what it was told survives any end, and it keeps to itself."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx
import pytest

from infra.local.processes import ROOT, Child, module, start
from infra.local.resend.database import FILE

KEY = {"authorization": "Bearer re_any", "idempotency-key": "k"}
MAIL = {"from": "a@race.dev", "to": "b@race.dev", "subject": "s", "text": "t"}

Run = Callable[..., Child]


@pytest.fixture
def run(state: Path) -> Iterator[Run]:
    """Start the server on this test's state; whatever is left is ended."""
    children: list[Child] = []

    def begin(*options: str) -> Child:
        name = f"resend-{len(children)}"
        argv = module("infra.local.resend", "--state", str(state), *options)
        children.append(start(name, argv, log_dir=state))
        return children[-1]

    yield begin
    for child in children:
        child.stop()


def send(child: Child, subject: str = "s", headers: Mapping[str, str] = KEY) -> httpx.Response:
    return httpx.post(
        f"http://127.0.0.1:{child.port}/emails", json={**MAIL, "subject": subject}, headers=headers, timeout=30
    )


@pytest.mark.parametrize("end", [Child.kill, Child.stop])
def test_mails_and_keys_survive_the_end_of_the_process(run: Run, end: Callable[[Child], None]) -> None:
    first = run()
    answered = send(first).json()
    end(first)
    second = run()
    (found,) = httpx.get(f"http://127.0.0.1:{second.port}/local/emails", timeout=30).json()["data"]
    assert (found["id"], found["text"]) == (answered["id"], "t")
    assert send(second).json() == answered
    assert send(second, "other").json()["name"] == "invalid_idempotent_request"


def test_sigterm_ends_it_with_its_database_closed(run: Run, state: Path) -> None:
    child = run()
    assert send(child).status_code == 200  # it listens before it heeds signals; once it answers, it does both
    child.stop()
    assert child.status == -signal.SIGTERM
    assert not (state / f"{FILE}-wal").exists()


def test_five_calls_a_second_are_the_default_limit(run: Run) -> None:
    child = run()
    for attempt in range(10):  # six calls of a machine that stands still meanwhile are not in one second
        with ThreadPoolExecutor(6) as pool:
            keys = [{**KEY, "idempotency-key": f"{attempt}-{n}"} for n in range(6)]
            answers = sorted(pool.map(partial(send, child, "s"), keys), key=lambda answer: answer.status_code)
        if answers[-1].status_code == 429:
            break
        time.sleep(1.1)
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert (answers[-1].headers["retry-after"], answers[-1].headers["ratelimit-remaining"]) == ("1", "0")


def test_a_foreign_host_name_is_refused(run: Run) -> None:
    child = run()
    answer = httpx.get(f"http://127.0.0.1:{child.port}/local/emails", headers={"host": "evil.example"}, timeout=30)
    assert answer.status_code == 421


WEBHOOK = ["--webhook", "http://app/hook"]


@pytest.mark.parametrize("options", [WEBHOOK, [*WEBHOOK, "--webhook-secret", "whsec_"]])
def test_a_webhook_without_a_usable_secret_is_refused(state: Path, options: list[str]) -> None:
    argv = module("infra.local.resend", "--state", str(state), *options)
    ended = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, "secret" in ended.stderr) == (2, True)
