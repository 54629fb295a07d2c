"""The events that a Function URL makes of requests, and the answers that it makes of what a function returns."""

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

Start = Callable[..., Awaitable[Any]]


async def test_the_event_holds_the_request_as_it_came(start: Start) -> None:
    hosted = await start("behaviours.echo", settings={"now": lambda: 1_795_000_000.25})
    answer = await hosted.call(
        "a%2Fb/c%20d?x=1&y=%20&x=2&empty=",
        content=b'{"a":1}',
        headers=[
            ("Content-Type", "application/json"),
            ("X-Twice", "one"),
            ("X-Twice", "two"),
            ("Cookie", "a=1; b=2"),
            ("User-Agent", "test"),
        ],
    )
    event = answer.json()
    domain = hosted.url.removeprefix("http://").rstrip("/")
    assert event["version"] == "2.0"
    assert event["rawPath"] == "/a%2Fb/c%20d"
    assert event["rawQueryString"] == "x=1&y=%20&x=2&empty="
    assert event["queryStringParameters"] == {"x": "1,2", "y": " ", "empty": ""}
    assert event["cookies"] == ["a=1", "b=2"]
    assert (event["body"], event["isBase64Encoded"]) == ('{"a":1}', False)
    assert event["headers"]["x-twice"] == "one,two"
    assert event["headers"]["host"] == domain
    assert event["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert event["headers"]["x-amzn-trace-id"] == answer.headers["x-amzn-trace-id"]
    assert all(name == name.lower() for name in event["headers"])
    assert "cookie" not in event["headers"]
    context = event["requestContext"]
    assert context["domainName"] == domain
    assert context["http"] == {
        "method": "POST",
        "path": "/a%2Fb/c%20d",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "test",
    }
    assert context["requestId"] == answer.headers["x-amzn-requestid"]
    assert (context["accountId"], context["routeKey"], context["stage"]) == (
        "anonymous",
        "$default",
        "$default",
    )
    assert (context["timeEpoch"], context["time"]) == (1_795_000_000_250, "18/Nov/2026:11:06:40 +0000")


async def test_the_domain_is_the_one_that_was_assigned_whatever_host_the_caller_names(start: Start) -> None:
    hosted = await start("behaviours.echo")
    event = (await hosted.call(headers={"Host": "localhost:1"})).json()
    assert event["headers"]["host"] == "localhost:1"
    assert event["requestContext"]["domainName"] == hosted.url.removeprefix("http://").rstrip("/")


async def test_a_host_that_is_not_this_machine_is_refused(start: Start) -> None:
    hosted = await start("behaviours.echo")
    assert (await hosted.call(headers={"Host": "evil.example"})).status_code == 421


async def test_a_trace_that_a_caller_began_is_continued(start: Start) -> None:
    hosted = await start("behaviours.environment")
    trace = "Root=1-5f5f5f5f-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0"
    told = (await hosted.call(headers={"X-Amzn-Trace-Id": trace})).json()
    assert told["environment"]["_X_AMZN_TRACE_ID"] == trace


@pytest.mark.parametrize(
    ("headers", "body", "encoded"),
    [
        ({"content-type": "application/json; charset=utf-8"}, '{"ä": 1}'.encode(), False),
        ({"content-type": "text/html"}, b"<p>", False),
        ({"content-type": "application/xml"}, b"<p/>", False),
        ({"content-type": "application/x-www-form-urlencoded"}, b"a=1", True),
        ({"content-type": "application/octet-stream"}, b"\x00\xff", True),
        ({"content-type": "application/json", "content-encoding": "gzip"}, b"\x1f\x8b", True),
        ({"content-type": "application/json"}, b"\xff", True),
        ({}, b"{}", True),
    ],
)
async def test_a_body_that_is_not_known_to_be_text_is_base64(
    start: Start, headers: dict[str, str], body: bytes, encoded: bool
) -> None:
    hosted = await start("behaviours.echo")
    event = (await hosted.call(content=body, headers=headers)).json()
    assert event["isBase64Encoded"] is encoded
    assert (base64.b64decode(event["body"]) if encoded else event["body"].encode()) == body


async def test_a_request_without_a_body_has_none_in_its_event(start: Start) -> None:
    hosted = await start("behaviours.echo")
    event = (await hosted.call(method="GET")).json()
    assert "body" not in event
    assert event["isBase64Encoded"] is False


@pytest.mark.parametrize("returned", [None, "text", 3, [1, 2], {"message": "no status code"}])
async def test_what_has_no_status_code_is_the_body_itself(start: Start, returned: object) -> None:
    hosted = await start("behaviours.answer")
    answer = await hosted.call(content=json.dumps(returned), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == returned


async def test_status_headers_cookies_and_binary_bodies_go_out_as_returned(start: Start) -> None:
    hosted = await start("behaviours.answer")
    answer = await hosted.call(
        json={
            "statusCode": 409,
            "headers": {"Retry-After": 7, "X-Flag": True, "Content-Type": "image/png", "Content-Length": "999"},
            "cookies": ["a=1; Path=/", "b=2"],
            "body": base64.b64encode(b"\x89PNG").decode(),
            "isBase64Encoded": True,
        }
    )
    assert (answer.status_code, answer.content) == (409, b"\x89PNG")
    assert (answer.headers["retry-after"], answer.headers["x-flag"]) == ("7", "true")
    assert (answer.headers["content-type"], answer.headers["content-length"]) == ("image/png", "4")
    assert answer.headers.get_list("set-cookie") == ["a=1; Path=/", "b=2"]


@pytest.mark.parametrize(
    "returned",
    [
        {"statusCode": "many"},
        {"statusCode": 99},
        {"statusCode": 200, "body": {"not": "a text"}},
        {"statusCode": 200, "headers": {"x": "a\r\nset-cookie: b=1"}},
        {"statusCode": 200, "headers": {"x": ["a"]}},
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "body": "?", "isBase64Encoded": True},
    ],
)
async def test_a_malformed_answer_is_a_502(start: Start, returned: object) -> None:
    hosted = await start("behaviours.answer")
    answer = await hosted.call(json=returned)
    assert (answer.status_code, answer.text) == (502, "Internal Server Error")


async def test_a_request_over_six_megabytes_never_reaches_the_function(start: Start) -> None:
    hosted = await start("behaviours.echo")
    text = {"content-type": "text/plain"}
    refused = await hosted.call(content=b"x" * (6 * 1024 * 1024), headers=text)
    assert refused.status_code == 413
    assert refused.headers["x-amzn-errortype"] == "RequestTooLargeException"
    assert hosted.host.processes("f") == []
    # Base64 counts: five megabytes that are not text are too many, too.
    assert (await hosted.call(content=b"x" * (5 * 1024 * 1024))).status_code == 413
    accepted = await hosted.call(content=b"x" * (6 * 1024 * 1024 - 5000), headers=text)
    assert accepted.status_code == 200


async def test_an_answer_over_six_megabytes_is_an_error(start: Start) -> None:
    hosted = await start("behaviours.big")
    limit = 6 * 1024 * 1024 + 100
    assert len((await hosted.call(f"?size={limit}")).content) > 6_000_000
    assert (await hosted.call(f"?size={limit + 1}")).status_code == 502
    assert "Response payload size exceeded maximum allowed payload size (6291556 bytes)." in hosted.log()
    assert (await hosted.call("?size=100")).status_code == 200


async def test_unicode_passes_both_ways(start: Start) -> None:
    hosted = await start("behaviours.answer")
    body = json.dumps({"statusCode": 200, "body": "grüße 日本"}, ensure_ascii=False).encode()
    answer = await hosted.call(content=body, headers={"content-type": "application/json"})
    assert answer.content.decode() == "grüße 日本"
