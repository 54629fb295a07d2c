"""Hand-written stands-in for Resend's client, each with one fault of its own."""

from asyncio import Event
from collections.abc import Mapping
from typing import Any

from functions.send_email.refusals import LONGEST_CALL
from functions.send_email.sending import Mailer


class Killed(BaseException):
    """The process died here: nothing catches it, nothing is settled."""


class DiesBefore:
    """A process that is killed with the record written and the call not made."""

    async def send(self, request: Mapping[str, Any], *, key: str, within: float) -> str:
        raise Killed


class DiesAfter:
    """A process that is killed with the call made and the outcome not written."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def send(self, request: Mapping[str, Any], *, key: str, within: float) -> str:
        await self._mailer.send(request, key=key, within=within)
        raise Killed


class Forbidden:
    """A Resend that must not be called."""

    async def send(self, request: Mapping[str, Any], *, key: str, within: float) -> str:
        raise AssertionError(key)


class Announced:
    """Resend's own client, that says when a call begins."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer
        self.began = Event()

    async def send(self, request: Mapping[str, Any], *, key: str, within: float) -> str:
        self.began.set()
        return await self._mailer.send(request, key=key, within=within)


class Hasty:
    """Resend's own client with a fraction of the time, so that the test does not wait for all of it."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def send(self, request: Mapping[str, Any], *, key: str, within: float) -> str:
        assert within == LONGEST_CALL
        return await self._mailer.send(request, key=key, within=within / 100)
