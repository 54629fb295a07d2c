"""What botocore raises, in a caller's terms; and why there was no answer of a service's own: for all services alike."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException


@contextmanager
def translating(meaning: Callable[[Exception], Exception | None]) -> Iterator[None]:
    """Stands around what a thread does with botocore; a fault without a `meaning` is ours, and leaves as it is."""
    try:
        yield
    except Exception as error:
        meant = meaning(error)
        if meant is None:
            raise
        raise meant from error


def no_answer(error: Exception) -> str | None:
    """Why, in words of ours: the connection broke, or the answer was in another form. None for what is neither."""
    from botocore import exceptions  # type: ignore[import-untyped]  # it ships no types
    from botocore.parsers import ResponseParserError  # type: ignore[import-untyped]  # it ships no types
    from urllib3.exceptions import HTTPError

    theirs = exceptions.HTTPClientError | exceptions.ConnectionError | exceptions.IncompleteReadError
    if isinstance(error, theirs | HTTPError | HTTPException | ConnectionError):
        return type(error).__name__
    # What botocore makes of an answer in another form, the last two of one that is too deep, or has a number too large.
    strange = KeyError | ValueError | TypeError | AttributeError | RecursionError | OverflowError
    if isinstance(error, ResponseParserError | strange):
        return "an answer that is none of its own"
    return None
