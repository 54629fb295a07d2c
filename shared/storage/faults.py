"""What botocore raised, in our terms: what a later try can mend is DependencyDown, the rest is the store's own word.

the connection, a broken or short answer, one in another form      DependencyDown
429, 503, SlowDown and their like                                  DependencyDown, to be tried some seconds later
401, 403, 5xx, no such bucket, damaged on the way                  DependencyDown: mended by time, or by a deploy
NoSuchKey (a HEAD has no words: 404)                               Missing
another refusal in S3's own form                                   Refused
a page of something that stands before the store                   DependencyDown
"""

from collections.abc import Mapping
from typing import Any, Final

from shared.aws.faults import no_answer
from shared.pauses import pause
from shared.storage.errors import Missing, Refused, down

THROTTLED: Final = frozenset(
    {"SlowDown", "ServiceUnavailable", "Throttling", "ThrottlingException", "TooManyRequests", "RequestLimitExceeded"}
)
MENDABLE: Final = frozenset(
    {"NoSuchBucket", "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"}
    | {"RequestTimeout", "IncompleteBody", "RequestTimeTooSkewed", "ConditionalRequestConflict", "OperationAborted"}
)
"""Refusals that mending the deployment, or sending it again, can turn: never a fault of the run."""


def meaning(error: Exception, *, key: str) -> Exception | None:
    """What it says of a call about `key`; None for a fault of ours."""
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # it ships no types

    if isinstance(error, ClientError):
        return _refusal(error.response, key, headed=error.operation_name == "HeadObject")
    why = no_answer(error)
    return None if why is None else down(why)


def _refusal(response: Mapping[str, Any], key: str, *, headed: bool) -> Exception:
    code = str(response.get("Error", {}).get("Code", ""))
    meta = response.get("ResponseMetadata", {})
    status = int(meta.get("HTTPStatusCode", 0))
    if code in THROTTLED or status in {429, 503}:
        return down("throttled", retry_after=pause(meta.get("HTTPHeaders", {})))
    if code == "NoSuchKey" or (headed and status == 404):
        return Missing(key)
    own = code.isascii() and code.isalnum() and not code.isdigit()
    if own and code not in MENDABLE and 400 <= status < 500 and status not in {401, 403, 408}:
        return Refused(code[:60], status)
    return down(f"status {status}")
