"""Both protocols, as they are documented; what boto3 and our own client make of them is in tests/integration/ai."""

import json
from typing import Any

import httpx
import pytest

from tests.integration.ai_server.asking import FIELDS, OBJECT, complete, completion, conversation, converse
from tests.support.ai_server import AiServer


def fits(answer: dict[str, Any]) -> None:
    assert set(answer) == set(FIELDS)
    assert answer["title"] == "Dear Ada, the engine has come."
    assert (answer["kind"], answer["note"], answer["sure"], len(answer["words"])) == ("letter", None, True, 2)
    assert 1 <= answer["pages"] <= 9
    assert 0 <= answer["weight"] <= 1


def test_bedrock_answers_in_the_tool_from_the_document_in_the_fence(ai: AiServer) -> None:
    answer = converse(ai).json()
    (block,) = answer["output"]["message"]["content"]
    assert (block["toolUse"]["name"], answer["stopReason"]) == ("Notes", "tool_use")
    fits(block["toolUse"]["input"])
    usage = answer["usage"]
    assert usage["totalTokens"] == usage["inputTokens"] + usage["outputTokens"] > 0


def test_openai_answers_in_json_from_the_document_in_the_fence(ai: AiServer) -> None:
    answer = complete(ai).json()
    (choice,) = answer["choices"]
    assert (choice["finish_reason"], choice["message"]["refusal"], answer["model"]) == ("stop", None, "a-model")
    fits(json.loads(choice["message"]["content"]))
    assert answer["usage"]["total_tokens"] > 0


def test_the_same_question_has_the_same_answer(ai: AiServer) -> None:
    assert converse(ai).json() == converse(ai).json()


def test_without_a_fence_the_whole_text_is_the_document(ai: AiServer) -> None:
    body = conversation(messages=[{"role": "user", "content": [{"text": "Dear Charles"}]}])
    answer = converse(ai, body).json()
    assert answer["output"]["message"]["content"][0]["toolUse"]["input"]["title"] == "Dear Charles"


SIGNED = {
    "authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20261123/eu-central-1/bedrock/aws4_request, "
    f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}",
    "x-amz-date": "20261123T090000Z",
}


def test_bedrock_takes_a_well_formed_signature_for_the_key(ai: AiServer) -> None:
    assert converse(ai, headers=SIGNED).status_code == 200
    assert ai.calls()[0]["credentials"] == "signature"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer another"},
        {"authorization": "Bearer"},
        {**SIGNED, "authorization": SIGNED["authorization"][:-1]},
        {**SIGNED, "authorization": SIGNED["authorization"].replace("/bedrock/", "/s3/")},
        {"authorization": SIGNED["authorization"]},
    ],
)
def test_who_has_no_credentials_is_not_counted(ai: AiServer, headers: dict[str, str]) -> None:
    refused = converse(ai, headers=headers)
    assert (refused.status_code, refused.headers["x-amzn-errortype"]) == (403, "AccessDeniedException")
    answer = complete(ai, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")
    assert ai.calls() == []


def tool(schema: object, **given: Any) -> dict[str, Any]:
    spec = {"toolSpec": {"name": "Notes", "inputSchema": {"json": schema}}}
    return conversation(toolConfig={"tools": [spec], "toolChoice": {"any": {}}, **given})


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        conversation(system=[]) | {"messages": 5},
        conversation(inferenceConfig={}),
        tool({**OBJECT, "additionalProperties": False}),
        tool({**OBJECT, "required": []}),
        tool({"type": "string"}),
        tool({"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "required": ["a"]}),
        tool({"type": "object", "properties": {"a": {"type": "string", "maxLength": 5}}, "required": ["a"]}),
        tool(OBJECT, toolChoice={"auto": {}}),
        tool(OBJECT, toolChoice={"tool": {"name": "Another"}}),
    ],
)
def test_bedrock_refuses_what_it_could_not_answer_in_the_shape(ai: AiServer, body: object) -> None:
    refused = converse(ai, body)
    assert (refused.status_code, refused.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert refused.json()["message"]


def shaped(schema: object, **given: Any) -> dict[str, Any]:
    shape = {"name": "Notes", "strict": True, "schema": schema, **given}
    return completion(response_format={"type": "json_schema", "json_schema": shape})


CLOSED = {**OBJECT, "additionalProperties": False}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        completion(messages=[{"role": "tool", "content": "a"}]),
        completion(response_format={"type": "json_object"}),
        completion(max_completion_tokens=None),
        shaped(OBJECT),
        shaped(CLOSED, strict=False),
        shaped({**CLOSED, "required": []}),
        shaped({**CLOSED, "properties": {**FIELDS, "title": {"type": "string", "default": "a"}}}),
    ],
)
def test_openai_refuses_what_it_could_not_answer_in_the_shape(ai: AiServer, body: object) -> None:
    refused = complete(ai, body)
    assert (refused.status_code, refused.json()["error"]["type"]) == (400, "invalid_request_error")


def test_what_is_not_served_says_so(ai: AiServer) -> None:
    answer = httpx.post(f"{ai.url}/model/a/converse-stream", json={}, timeout=30, trust_env=False)
    assert answer.status_code == 501


def test_a_foreign_host_name_is_refused(ai: AiServer) -> None:
    """A page elsewhere, by DNS rebinding."""
    answer = httpx.get(f"{ai.url}/local/calls", headers={"host": "evil.example"}, timeout=30, trust_env=False)
    assert answer.status_code == 421
