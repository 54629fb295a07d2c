"""Closes a connection with no answer at all, as a lost network does."""

from starlette.types import Receive


class CannotHangUpError(RuntimeError):
    """The server under this app gives no way to its connection."""


async def hang_up(receive: Receive) -> None:
    """End the call's connection and wait until it is gone.

    ASGI has no word for it: an app that sends nothing is answered 500 in its name. Uvicorn's `receive`
    is a method of the object that holds the transport, which is asked for it here.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        raise CannotHangUpError("only a uvicorn connection can be closed without an answer")
    transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
