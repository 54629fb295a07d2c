"""Bedrock's Converse: one tool, whose input is the answer.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

import hmac
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.ai.calls import Asked, Credentials
from infra.local.ai.errors import Refusal, bedrock_form
from infra.local.ai.faults import Output
from infra.local.ai.requests import body_of, checked_schema
from infra.local.ai.serving import Used

_SIGNATURE: Final = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^/\s]+/\d{8}/[a-z0-9-]+/bedrock/aws4_request, "
    r"SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}"
)
TOP_LEVEL: Final = {"type", "properties", "required"}
"""All that Nova takes of a tool's schema there."""
STOPPED: Final[Mapping[Output | None, str]] = {
    "text": "end_turn",
    "not_json": "malformed_tool_use",
    "cut": "max_tokens",
    "filtered": "content_filtered",
}


def _wrong(message: str) -> Refusal:
    return Refusal(bedrock_form, 400, "ValidationException", message)


class Bedrock:
    name = "bedrock"
    codes: Mapping[int, str] = {
        400: "ValidationException",
        403: "AccessDeniedException",
        404: "ResourceNotFoundException",
        408: "ModelTimeoutException",
        424: "ModelErrorException",
        429: "ThrottlingException",
        503: "ServiceUnavailableException",
        500: "InternalServerException",
    }

    def __init__(self, key: str) -> None:
        self._key = key

    def refusal(self, status: int, code: str, message: str, headers: Mapping[str, str]) -> Refusal:
        return Refusal(bedrock_form, status, code, message, headers)

    def credentials(self, request: Request) -> Credentials:
        given = request.headers.get("authorization", "")
        if _SIGNATURE.fullmatch(given) and "x-amz-date" in request.headers:
            return "signature"
        if hmac.compare_digest(given.encode(), f"Bearer {self._key}".encode()):
            return "key"
        raise Refusal(bedrock_form, 403, "AccessDeniedException", "Authentication failed.")

    async def asked(self, request: Request, credentials: Credentials) -> Asked:
        body = await body_of(request, _wrong)
        if "toolConfig" not in body:
            return _plain(request, credentials, body)
        try:
            (tool,) = body["toolConfig"]["tools"]
            choice = body["toolConfig"].get("toolChoice", {})
            spec = tool["toolSpec"]
            schema, name = spec["inputSchema"]["json"], str(spec["name"])
            system = "\n".join(block["text"] for block in body["system"])
            prompt = "\n".join(block["text"] for message in body["messages"] for block in message["content"])
            body["inferenceConfig"]["maxTokens"] + 1
        except (KeyError, TypeError, ValueError, AttributeError):
            raise _wrong("Served here are one tool, a system text, messages of text, and a limit of tokens.") from None
        if choice not in ({"tool": {"name": name}}, {"any": {}}):
            raise _wrong("The tool must be forced.")
        if set(schema) - TOP_LEVEL:
            raise _wrong("At the top level of a tool's schema are type, properties and required.")
        checked = checked_schema(schema, _wrong)
        return Asked(request.path_params["model"], credentials, system, prompt, name, checked)

    def said(self, asked: Asked, text: str, output: Output | None, used: Used) -> Response:
        answer = {
            "output": {"message": {"role": "assistant", "content": _content(asked, text, output)}},
            "stopReason": STOPPED.get(output, "tool_use" if asked.name else "max_tokens"),
            "usage": {"inputTokens": used.question, "outputTokens": used.answer, "totalTokens": used.all},
            "metrics": {"latencyMs": 1},
        }
        return JSONResponse(answer)


def _plain(request: Request, credentials: Credentials, body: Mapping[str, Any]) -> Asked:
    """A question without a tool: served with an answer of one token."""
    try:
        prompt = "\n".join(block["text"] for message in body["messages"] for block in message["content"])
        least = body["inferenceConfig"]["maxTokens"] == 1
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _wrong("Served here are messages of text.") from None
    if not least:
        raise _wrong("Without a tool one token is served.")
    return Asked(request.path_params["model"], credentials, "", prompt, "", {})


def _content(asked: Asked, text: str, output: Output | None) -> list[dict[str, Any]]:
    if not asked.name:
        return [{"text": "Hi"}]
    if output in {"text", "cut", "not_json", "filtered"}:
        return [{"text": text}] if text else []
    try:
        given = json.loads(text)
    except ValueError:  # an instruction that was obeyed
        return [{"text": text}]
    return [{"toolUse": {"toolUseId": "tooluse_local", "name": asked.name, "input": given}}]
