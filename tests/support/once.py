"""What every client makes anew though it is always the same: made once in a test process.

The certificates that are trusted take each httpx client 20 ms of a processor, what S3 can do each of boto3's 60 ms, and
the tests make thousands of both.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import httpx
import pytest
from botocore.loaders import create_loader  # type: ignore[import-untyped]  # it ships no types


@contextmanager
def read_once() -> Iterator[None]:
    """While it is entered, clients are as many as ever and have connections of their own; these two they share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpx._transports.default.create_ssl_context", cache(httpx.create_ssl_context))
        patch.setattr("botocore.session.create_loader", cache(create_loader))
        yield
