"""One server a session, in a process of its own, and a listener for its webhooks."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import pytest
import resend

from infra.local.processes import Child, module, start
from tests.integration.resend.listener import SECRET, Hook, Listener

API_KEY = "re_test"


@pytest.fixture(scope="session")
def listener() -> Iterator[Listener]:
    notes = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            svix = {name: self.headers[f"svix-{name}"] for name in ("id", "timestamp", "signature")}
            with notes.came:
                notes.hooks.append(Hook(svix, body))
                notes.came.notify_all()
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        notes.port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield notes
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, listener: Listener) -> Iterator[Child]:
    folder = tmp_path_factory.mktemp("resend")
    options = ["--api-key", API_KEY, "--rate", "0", "--webhook", listener.url, "--webhook-secret", SECRET]
    child = start("resend", module("infra.local.resend", "--state", str(folder), *options), log_dir=folder)
    yield child
    child.stop()


@pytest.fixture
def url(server: Child, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's address; the official SDK is pointed at it."""
    address = f"http://127.0.0.1:{server.port}"
    monkeypatch.setattr(resend, "api_url", address)
    monkeypatch.setattr(resend, "api_key", API_KEY)
    # Another test of this process may have left its own, closed by now.
    monkeypatch.setattr(resend, "default_async_http_client", resend.HTTPXClient())
    return address


@pytest.fixture
def to() -> str:
    """An address of this test alone, since the server is shared."""
    return f"ann-{uuid4()}@race.dev"


@pytest.fixture
def mail(to: str) -> resend.Emails.SendParams:
    return {"from": "Mill <mill@race.dev>", "to": to, "subject": "Hello", "html": "<p>Hi</p>", "text": "Hi"}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"
