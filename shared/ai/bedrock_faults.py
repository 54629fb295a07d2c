"""What botocore raised about Bedrock, in our terms; the table is in shared/ai/errors.py.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from shared.ai.errors import AnswerLost, CallRefused, TooLong, down
from shared.aws.faults import no_answer
from shared.pauses import pause

THROTTLED: Final = frozenset(
    {"ThrottlingException", "TooManyRequestsException", "ServiceQuotaExceededException"}
    | {"ServiceUnavailableException", "ModelNotReadyException"}
)
TOO_LONG: Final = re.compile(r"too long|too many (?:input )?tokens|context (?:window|length)", re.IGNORECASE)
"""How the models' own texts say it: it has no code."""
OF_THE_MODEL: Final = re.compile(r"model identifier|on-demand throughput|end of its life", re.IGNORECASE)
"""A ValidationException that says that AI_MODEL is no model, or can't be called in this way."""


def meaning(error: Exception) -> Exception | None:
    """None for a fault of ours."""
    from botocore import exceptions  # type: ignore[import-untyped]  # it ships no types

    if isinstance(error, exceptions.ClientError):
        return _refusal(error.response)
    if isinstance(error, exceptions.ParamValidationError):
        return None
    unsent = exceptions.EndpointConnectionError | exceptions.ConnectTimeoutError | exceptions.NoCredentialsError
    if isinstance(error, unsent | exceptions.CredentialRetrievalError):
        return down(type(error).__name__)
    why = no_answer(error)
    return None if why is None else AnswerLost(why)


def _refusal(response: Mapping[str, Any]) -> Exception:
    told = response.get("Error", {})
    code, text = str(told.get("Code", "")), str(told.get("Message", ""))
    meta = response.get("ResponseMetadata", {})
    status = int(meta.get("HTTPStatusCode", 0))
    if code in THROTTLED or status in {429, 503}:
        return down("throttled", retry_after=pause(meta.get("HTTPHeaders", {})))
    if code == "ValidationException" and not OF_THE_MODEL.search(text):
        return TooLong() if TOO_LONG.search(text) else CallRefused(code, status)
    return TooLong() if status == 413 else down(f"status {status}")
