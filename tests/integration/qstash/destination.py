"""A destination on loopback: it answers as it is told, path by path, and keeps every request."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Got:
    """One request as it arrived; `at` on the monotonic clock."""

    method: str
    path: str
    headers: Message
    body: bytes
    at: float


def eventually(what: Callable[[], bool], *, within: float = 30.0) -> None:
    end = time.monotonic() + within
    while not what():
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.01)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024
    """Connections that wait to be accepted; with the library's 5, the sixth of a burst waits a second or more."""


class Destination:
    def __init__(self) -> None:
        self.got: list[Got] = []
        self._replies: dict[str, list[Reply]] = {}
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def replies(self, path: str, *replies: Reply) -> str:
        """The URL of a path that answers so, one reply after the other; the last one stays."""
        self._replies[path] = list(replies)
        return self.url(path)

    def at(self, path: str) -> list[Got]:
        return [got for got in list(self.got) if got.path == path]

    def wait(self, path: str, count: int = 1, *, within: float = 30.0) -> list[Got]:
        eventually(lambda: len(self.at(path)) >= count, within=within)
        return self.at(path)

    @contextmanager
    def listening(self) -> Iterator["Destination"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield self
        self._server.shutdown()
        thread.join()
        self._server.server_close()

    def _next(self, path: str) -> Reply:
        replies = self._replies.get(path.partition("?")[0], [Reply()])
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        destination = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                destination.got.append(Got(self.command, self.path, self.headers, body, time.monotonic()))
                reply = destination._next(self.path)
                time.sleep(reply.after)
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("content-length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body)
                except OSError:
                    # The caller gave up waiting, which some tests are about.
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - names of the base class

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - name of the base class
                """Silent: pytest shows what matters."""

        return Handler
