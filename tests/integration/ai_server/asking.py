"""Requests as the providers' documentation has them, written by hand."""

from typing import Any, Final

import httpx

from tests.support.ai_server import KEY, AiServer

BEARER: Final = {"authorization": f"Bearer {KEY}"}
PROMPT: Final = (
    f"Read it.\n\n<document-{'a' * 32}>\nDear Ada, the engine has come.\n</document-{'a' * 32}>\n\nThat is all."
)
FIELDS: Final[dict[str, Any]] = {
    "title": {"type": "string"},
    "pages": {"type": "integer", "minimum": 1, "maximum": 9},
    "kind": {"type": "string", "enum": ["letter", "other"]},
    "words": {"type": "array", "items": {"type": "string"}, "minItems": 2},
    "note": {"anyOf": [{"type": "null"}, {"type": "string"}]},
    "sure": {"type": "boolean"},
    "weight": {"type": "number", "minimum": 0, "maximum": 1},
}
OBJECT: Final[dict[str, Any]] = {"type": "object", "properties": FIELDS, "required": list(FIELDS)}


def conversation(**given: Any) -> dict[str, Any]:
    tool = {"toolSpec": {"name": "Notes", "inputSchema": {"json": OBJECT}}}
    return {
        "system": [{"text": "You read."}],
        "messages": [{"role": "user", "content": [{"text": PROMPT}]}],
        "inferenceConfig": {"maxTokens": 100},
        "toolConfig": {"tools": [tool], "toolChoice": {"tool": {"name": "Notes"}}},
        **given,
    }


def completion(**given: Any) -> dict[str, Any]:
    shape = {"name": "Notes", "strict": True, "schema": {**OBJECT, "additionalProperties": False}}
    return {
        "model": "a-model",
        "messages": [{"role": "system", "content": "You read."}, {"role": "user", "content": PROMPT}],
        "response_format": {"type": "json_schema", "json_schema": shape},
        "max_completion_tokens": 100,
        **given,
    }


def converse(ai: AiServer, body: object = None, headers: dict[str, str] = BEARER) -> httpx.Response:
    return _post(f"{ai.url}/model/some.model-v1:0/converse", conversation() if body is None else body, headers)


def complete(ai: AiServer, body: object = None, headers: dict[str, str] = BEARER) -> httpx.Response:
    return _post(f"{ai.url}/v1/chat/completions", completion() if body is None else body, headers)


def _post(url: str, body: object, headers: dict[str, str]) -> httpx.Response:
    return httpx.post(url, json=body, headers=headers, timeout=30, trust_env=False)
