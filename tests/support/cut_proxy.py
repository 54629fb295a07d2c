"""A TCP proxy in front of the store that can lose an answer: the request arrives, and the connection is gone.

with CutProxy(port) as proxy:
    connect to proxy.uri
    proxy.cut(b"commitTransaction", times=2)

Each connection that sends such a request is closed when its answer comes, `times` over; a negative number has no end
until `heal` is called. It runs in threads of its own, so that a driver may block the test's loop.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self


class CutProxy:
    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._word: bytes | None = None
        self._times = 0
        self.lost = 0
        """Answers that were lost."""

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._open:
            _end(end)
        for thread in self._threads:
            thread.join(5)
        for end in self._open:
            end.close()

    @property
    def uri(self) -> str:
        """A direct connection, or the driver would go to where the server says it is."""
        return f"mongodb://127.0.0.1:{self._listener.getsockname()[1]}/?directConnection=true"

    def cut(self, word: bytes, *, times: int = -1) -> None:
        self._word, self._times = word, times

    def heal(self) -> None:
        self._word = None

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._port))
                self._open += [client, server]
                losing = threading.Event()
                self._start(self._requests, client, server, losing)
                self._start(self._answers, server, client, losing)

    def _requests(self, client: socket.socket, server: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(1 << 20):
                if self._word is not None and self._times and self._word in data:
                    self._times -= 1
                    losing.set()
                server.sendall(data)
        _end(server)

    def _answers(self, server: socket.socket, client: socket.socket, losing: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(1 << 20):
                if losing.is_set():
                    self.lost += 1
                    break
                client.sendall(data)
        _end(client)


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
