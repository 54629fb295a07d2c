"""botocore's way to HTTP, with connections that a line can cut (shared/aws/line.py).

Imported where the client is built, and nowhere else: importing it imports botocore.
"""

from typing import Any, Final

from botocore.awsrequest import (  # type: ignore[import-untyped]  # it ships no types
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.httpsession import URLLib3Session  # type: ignore[import-untyped]  # it ships no types
from botocore.utils import get_environ_proxies  # type: ignore[import-untyped]  # it ships no types

from shared.aws.line import current

CONNECT: Final = 3.0
SILENCE: Final = 20.0
"""Seconds for any one step, where nobody knows better; a whole call's time is its line's."""
CONNECTIONS: Final = 10


class _Watched:
    """A connection that tells the thread's line of its socket, and takes no longer to be made than that allows."""

    sock: Any
    timeout: Any

    def connect(self) -> None:
        line = current()
        if line is not None:
            self.timeout = min(CONNECT, line.left)
        super().connect()  # type: ignore[misc]  # of the class that it is mixed into
        if line is not None:
            line.goes_through(self.sock)

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        line = current()
        if line is not None and self.sock is not None:
            line.goes_through(self.sock)
        super().putrequest(*args, **kwargs)  # type: ignore[misc]  # of the class that it is mixed into


class _Connection(_Watched, AWSHTTPConnection):  # type: ignore[misc]  # botocore ships no types
    pass


class _SecureConnection(_Watched, AWSHTTPSConnection):  # type: ignore[misc]  # botocore ships no types
    pass


class _Pool(AWSHTTPConnectionPool):  # type: ignore[misc]  # botocore ships no types
    ConnectionCls = _Connection


class _SecurePool(AWSHTTPSConnectionPool):  # type: ignore[misc]  # botocore ships no types
    ConnectionCls = _SecureConnection


class Wire(URLLib3Session):  # type: ignore[misc]  # botocore ships no types
    """One client's connections."""

    def __init__(self, endpoint: str, *, silence: float = SILENCE) -> None:
        super().__init__(
            proxies=get_environ_proxies(endpoint),
            timeout=(CONNECT, silence),
            max_pool_connections=CONNECTIONS,
        )
        self._pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        self._manager.pool_classes_by_scheme = self._pool_classes_by_scheme

    def answer(self, request: Any, **_: Any) -> Any:
        """A handler of `before-send`: what it answers botocore takes as sent."""
        return self.send(request)
