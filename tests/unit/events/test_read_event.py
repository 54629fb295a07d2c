"""What AWS hands over becomes one request, whichever payload it comes in."""

import base64
from typing import Any

import pytest

from shared.errors import ConfigurationError, SignatureError
from shared.events import MAX_BODY, read_event
from shared.refusals import Refusal

FUNCTION_URL: dict[str, Any] = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/send_email",
    "rawQueryString": "a=1&b=%20x",
    "cookies": ["a=b"],
    "headers": {"content-type": "application/json", "upstash-message-id": "m1,m2"},
    "queryStringParameters": {"a": "1", "b": " x"},
    "requestContext": {
        "accountId": "anonymous",
        "domainName": "abc123.lambda-url.eu-west-1.on.aws",
        "http": {"method": "POST", "path": "/send_email", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7"},
        "requestId": "req-2",
        "stage": "$default",
        "timeEpoch": 1583348638390,
    },
    "body": "{}",
    "isBase64Encoded": False,
}
REST_API: dict[str, Any] = {
    "resource": "/{proxy+}",
    "path": "/send_email",
    "httpMethod": "post",
    "headers": {"Content-Type": "application/json", "X-Twice": "2"},
    "multiValueHeaders": {"Content-Type": ["application/json"], "X-Twice": ["1", "2"], "x-twice": ["3"]},
    "queryStringParameters": {"a": "1"},
    "requestContext": {
        "domainName": "id.execute-api.eu-west-1.amazonaws.com",
        "identity": {"sourceIp": "192.0.2.8", "userAgent": None},
        "path": "/prod/send_email",
        "requestId": "req-1",
        "stage": "prod",
    },
    "body": None,
    "isBase64Encoded": False,
}


def with_context(**changes: Any) -> dict[str, Any]:
    return {**FUNCTION_URL, "requestContext": {**FUNCTION_URL["requestContext"], **changes}}


def test_a_function_urls_event() -> None:
    """Payload 2.0, with everything that the runtime reads."""
    request = read_event(FUNCTION_URL)
    assert request.method == "POST"
    assert request.url == "https://abc123.lambda-url.eu-west-1.on.aws/send_email?a=1&b=%20x"
    assert request.headers == {"content-type": "application/json", "upstash-message-id": "m1,m2"}
    assert (request.body, request.source_ip, request.request_id) == (b"{}", "192.0.2.7", "req-2")


def test_a_rest_apis_event() -> None:
    """Payload 1.0: the same request, names in lower case and repeats joined by a comma in their order."""
    request = read_event(REST_API, delivery_url="https://jobs.example/send_email")
    assert request.method == "POST"
    assert request.url == "https://jobs.example/send_email"
    assert request.headers == {"content-type": "application/json", "x-twice": "1,2,3"}
    assert (request.body, request.source_ip, request.request_id) == (b"", "192.0.2.8", "req-1")


def test_a_rest_apis_event_without_multi_values() -> None:
    """As the console's test events are."""
    request = read_event({**REST_API, "multiValueHeaders": None}, delivery_url="https://jobs.example/")
    assert request.headers["x-twice"] == "2"


def test_an_http_apis_event_in_the_old_payload() -> None:
    """Such an event says its version, and is read like a REST API's."""
    assert read_event({**REST_API, "version": "1.0"}, delivery_url="https://jobs.example/").request_id == "req-1"


def test_a_rest_api_needs_a_configured_url() -> None:
    """Its event has no raw query, so the URL can't be rebuilt to the letter."""
    with pytest.raises(ConfigurationError, match="DELIVERY_URL"):
        read_event(REST_API)


def test_no_question_mark_before_an_empty_query() -> None:
    """QStash signs the URL that it was given, which has none."""
    assert read_event({**FUNCTION_URL, "rawQueryString": ""}).url.endswith(".on.aws/send_email")


def test_the_stage_stays_in_the_path() -> None:
    """An HTTP API's named stage is part of the path that QStash called."""
    event = {**with_context(domainName="api.example"), "rawPath": "/prod/x", "rawQueryString": ""}
    assert read_event(event).url == "https://api.example/prod/x"


def test_the_local_stage_speaks_http() -> None:
    """The host of the local stack has a port and no certificate."""
    event = {**with_context(domainName="127.0.0.1:4711"), "rawQueryString": ""}
    assert read_event(event, scheme="http").url == "http://127.0.0.1:4711/send_email"


def test_a_configured_url_stands_for_the_whole() -> None:
    """Its own query is kept, the event's is not appended."""
    assert read_event(FUNCTION_URL, delivery_url="https://jobs.example/x?y=1").url == "https://jobs.example/x?y=1"


@pytest.mark.parametrize("body", [b"", b"{}", b"\x00\xff", b"x" * (MAX_BODY + 1)], ids=["none", "json", "raw", "large"])
def test_a_body_in_base64_is_its_bytes(body: bytes) -> None:
    """Whatever they are, and also above the limit: it is the runtime that answers 489, after verifying."""
    event = {**FUNCTION_URL, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    assert read_event(event).body == body


def test_a_text_is_its_utf_8_bytes() -> None:
    """AWS hands over text as text."""
    assert read_event({**FUNCTION_URL, "body": "Zoë"}).body == "Zoë".encode()


def test_an_absent_body_is_empty() -> None:
    """A Function URL leaves it out."""
    assert read_event({name: value for name, value in FUNCTION_URL.items() if name != "body"}).body == b""


@pytest.mark.parametrize("body", ["{}", "YWJ", "YW Jj", "YWJj\n", "é", "_-__"])
def test_what_is_not_base64_is_refused(body: str) -> None:
    """Python would skip foreign characters unless told not to."""
    with pytest.raises(SignatureError) as caught:
        read_event({**FUNCTION_URL, "body": body, "isBase64Encoded": True})
    assert caught.value.reason == Refusal.UNREADABLE_BODY


def test_a_text_that_has_no_bytes_is_refused() -> None:
    """JSON can hold half a character; UTF-8 can't."""
    with pytest.raises(SignatureError) as caught:
        read_event({**FUNCTION_URL, "body": "\ud800"})
    assert caught.value.reason == Refusal.UNREADABLE_BODY


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        "event",
        {},
        {"version": "2.0"},
        {"source": "aws.events", "detail-type": "Scheduled Event"},
        {**FUNCTION_URL, "version": "3.0"},
        {**FUNCTION_URL, "headers": {"a": ["b"]}},
        {**FUNCTION_URL, "body": {"run": "r"}},
        {**REST_API, "multiValueHeaders": {"a": None}},
    ],
    ids=["none", "list", "text", "empty", "bare", "cron", "version", "headers", "body", "values"],
)
def test_what_is_no_http_event_is_refused(event: object) -> None:
    """A direct call of the function, which no signature can vouch for."""
    with pytest.raises(SignatureError) as caught:
        read_event(event, delivery_url="https://jobs.example/")
    assert caught.value.reason == Refusal.EVENT


def test_an_event_that_is_refused_is_not_quoted() -> None:
    """Its parts are a stranger's, and may be secrets besides."""
    with pytest.raises(SignatureError) as caught:
        read_event({**FUNCTION_URL, "headers": {"a": {"secret": 1}}})
    assert "secret" not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__


def test_a_requests_repr_has_neither_headers_nor_body() -> None:
    """A request may end in a log or a traceback; its signature must not."""
    event = {**FUNCTION_URL, "headers": {"upstash-signature": "a.b.c"}, "body": "private"}
    assert "a.b.c" not in repr(read_event(event))
    assert "private" not in repr(read_event(event))


def test_a_requests_headers_are_immutable() -> None:
    """What was verified stays what it was."""
    headers: Any = read_event(FUNCTION_URL).headers
    with pytest.raises(TypeError):
        headers["x"] = "y"
