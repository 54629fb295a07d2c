"""Amazon Bedrock's Converse, through boto3: the answer is forced into the input of the one tool that it is given.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

    models               told to use the tool by      temperature
    -------------------  ---------------------------  ---------------------------------------------------
    Amazon Nova          its name                     0, as its guide advises for tools
    Anthropic Claude 3+  its name                     not sent: the newest refuse it
    Mistral Large        "any": there is one          not sent
    any other            not supported: it can't be forced

AI_KEY is a Bedrock API key, sent as it is; without one the function's role signs. Calls run in threads, are never
tried again by botocore, and end by their own limit or the deadline, with their thread (shared/aws/cutting.py).
"""

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from shared import deadline
from shared.ai.bedrock_faults import meaning
from shared.ai.errors import AnswerLost
from shared.ai.provider import LIMIT, MOST_TOKENS, PATIENCE, Reply, Request, StopReason
from shared.aws.cutting import in_thread
from shared.aws.faults import translating
from shared.aws.line import Line
from shared.clock import World
from shared.config import AISettings
from shared.threads import Threads

T = TypeVar("T")

STOP_REASONS: Final[Mapping[str, StopReason]] = {
    "max_tokens": StopReason.CUT_OFF,
    "model_context_window_exceeded": StopReason.CONTEXT_FULL,
    "content_filtered": StopReason.REFUSED,
    "guardrail_intervened": StopReason.REFUSED,
}
"""By `stopReason`; with any other the answer is there, or is not."""


class Bedrock:
    """One model of one region. Building it opens no connection and imports nothing of boto3."""

    def __init__(self, settings: AISettings, threads: Threads, world: World) -> None:
        self._settings = settings
        self._threads = threads
        self._world = world
        self._building = threading.Lock()
        self._client: Any = None
        self._wire: Any = None

    @property
    def id(self) -> str:
        return f"bedrock/{self._settings.ai_model}"

    async def ask(self, request: Request) -> Reply:
        return await self._called(lambda: self._converse(request))

    async def reach(self) -> None:
        """One token in answer to a word: a role that may invoke models may do nothing that is cheaper."""
        await self._called(self._say)

    async def _called(self, call: Callable[[], T]) -> T:
        seconds = deadline.at_most(LIMIT)
        line = Line(self._world.monotonic)
        try:
            return await in_thread(self._threads, line, call, seconds)
        except TimeoutError as error:
            raise AnswerLost(f"no answer in {seconds:.3g} s", its_fault=seconds >= PATIENCE) from error

    async def close(self) -> None:
        """Its connections; a Lambda never does it, its sandbox is just gone."""
        with self._building:
            if self._client is not None:
                self._client.close()
                self._wire.close()
                self._client = None

    def _converse(self, request: Request) -> Reply:
        """In a thread."""
        with translating(meaning):
            answer = self._built().converse(**_body(self._settings.ai_model, request))
            return _reply(answer, request.name)

    def _say(self) -> None:
        """In a thread."""
        with translating(meaning):
            answer = self._built().converse(
                modelId=self._settings.ai_model,
                messages=[{"role": "user", "content": [{"text": "Hello"}]}],
                inferenceConfig={"maxTokens": 1},
            )
            _ = answer["stopReason"], answer["usage"]["totalTokens"]

    def _built(self) -> Any:
        with self._building:
            if self._client is None:
                self._client, self._wire = _build(self._settings)
            return self._client


def _body(model: str, request: Request) -> dict[str, Any]:
    tool = {
        "name": request.name,
        "description": "Takes your answer.",
        "inputSchema": {"json": {part: request.schema[part] for part in ("type", "properties", "required")}},
    }
    inference: dict[str, Any] = {"maxTokens": MOST_TOKENS}
    if "amazon.nova" in model:
        inference["temperature"] = 0
    return {
        "modelId": model,
        "system": [{"text": request.question.system}],
        "messages": [{"role": "user", "content": [{"text": request.question.text}]}],
        "inferenceConfig": inference,
        "toolConfig": {
            "tools": [{"toolSpec": tool}],
            "toolChoice": {"any": {}} if "mistral." in model else {"tool": {"name": request.name}},
        },
    }


def _reply(answer: Mapping[str, Any], name: str) -> Reply:
    """Whatever is missing in it makes it no answer of Bedrock's: KeyError."""
    stopped_by = STOP_REASONS.get(answer["stopReason"], StopReason.DONE)
    blocks = answer["output"]["message"]["content"]
    used = [block["toolUse"] for block in blocks if "toolUse" in block]
    fits = len(used) == 1 and used[0]["name"] == name
    return Reply(
        stopped_by,
        json.dumps(used[0]["input"]) if fits else None,
        int(answer["usage"]["totalTokens"]),
    )


def _build(settings: AISettings) -> tuple[Any, Any]:
    """Everything of a call is said here; only a role's credentials are looked for where AWS puts them."""
    import boto3  # type: ignore[import-untyped]  # it ships no types
    from botocore import UNSIGNED  # type: ignore[import-untyped]  # it ships no types
    from botocore.config import Config  # type: ignore[import-untyped]  # it ships no types

    from shared.aws.wire import Wire

    key = settings.ai_key.get_secret_value()
    client = boto3.session.Session(region_name=settings.ai_region).client(
        "bedrock-runtime",
        endpoint_url=settings.ai_url or None,
        config=Config(
            signature_version=UNSIGNED if key else "v4",
            retries={"total_max_attempts": 1, "mode": "standard"},
        ),
    )
    wire = Wire(client.meta.endpoint_url, silence=LIMIT)

    def send(request: Any, **_: Any) -> Any:
        if key:
            request.headers["Authorization"] = f"Bearer {key}"
        return wire.send(request)

    client.meta.events.register("before-send.bedrock-runtime", send)
    return client, wire
