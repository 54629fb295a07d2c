"""OpenAI's chat completions: the answer is a text that is JSON of the asked schema.

https://platform.openai.com/docs/api-reference/chat/create
"""

import hmac
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.ai.calls import Asked, Credentials
from infra.local.ai.errors import Refusal, openai_form
from infra.local.ai.faults import Output
from infra.local.ai.requests import body_of, checked_schema
from infra.local.ai.serving import Used

FINISHED: Final[Mapping[Output | None, str]] = {"cut": "length", "filtered": "content_filter"}


def _wrong(message: str) -> Refusal:
    return Refusal(openai_form, 400, "invalid_request", message)


class OpenAI:
    name = "openai"
    codes: Mapping[int, str] = {
        400: "invalid_request",
        401: "invalid_api_key",
        403: "unsupported_country_region_territory",
        404: "model_not_found",
        429: "rate_limit_exceeded",
        500: "server_error",
    }

    def __init__(self, key: str) -> None:
        self._key = key

    def refusal(self, status: int, code: str, message: str, headers: Mapping[str, str]) -> Refusal:
        return Refusal(openai_form, status, code, message, headers)

    def credentials(self, request: Request) -> Credentials:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._key}".encode()):
            raise Refusal(openai_form, 401, "invalid_api_key", "Incorrect API key provided.")
        return "key"

    async def asked(self, request: Request, credentials: Credentials) -> Asked:
        body = await body_of(request, _wrong)
        try:
            told: dict[str, list[str]] = {"system": [], "user": []}
            for message in body["messages"]:
                told[message["role"]].append(str(message["content"]))
            shape: Mapping[str, Any] = body["response_format"]["json_schema"]
            schema, name, model = shape["schema"], str(shape["name"]), str(body["model"])
            strict = body["response_format"]["type"] == "json_schema" and shape["strict"] is True
            body["max_completion_tokens"] + 1
        except (KeyError, TypeError, ValueError, AttributeError):
            raise _wrong("Served here are a strict JSON schema, messages of text, and a limit of tokens.") from None
        if not strict or schema.get("additionalProperties") is not False:
            raise _wrong("The schema must be strict, and closed.")
        checked = checked_schema(schema, _wrong)
        return Asked(model, credentials, "\n".join(told["system"]), "\n".join(told["user"]), name, checked)

    def said(self, asked: Asked, text: str, output: Output | None, used: Used) -> Response:
        usage = {"prompt_tokens": used.question, "completion_tokens": used.answer, "total_tokens": used.all}
        message = {"role": "assistant", "content": text or None, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": FINISHED.get(output, "stop")}
        answer = {"id": "chatcmpl-local", "object": "chat.completion", "created": 0, "model": asked.model}
        return JSONResponse({**answer, "choices": [choice], "usage": usage})
