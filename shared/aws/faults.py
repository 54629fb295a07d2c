"""What botocore raises when there was no answer of the service's own, which is the same for every service."""

from http.client import HTTPException


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
