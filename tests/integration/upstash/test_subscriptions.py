"""Subscriptions, which are served as server-sent events."""

from collections.abc import Iterator
from urllib.parse import quote

import httpx


def lines(response: httpx.Response) -> Iterator[str]:
    assert response.headers["Content-Type"].startswith("text/event-stream")
    return (line for line in response.iter_lines() if line)


def test_a_subscriber_gets_what_is_published(http: httpx.Client) -> None:
    with http.stream("GET", "/subscribe/chat") as response:
        events = lines(response)
        assert next(events) == "data: subscribe,chat,1"
        assert http.get("/publish/chat/hello").json() == {"result": 1}
        assert next(events) == "data: message,chat,hello"
        http.post("/", json=["PUBLISH", "chat", "two\nlines, é"])
        assert [next(events), next(events)] == ["data: message,chat,two", "data: lines, é"]


def test_a_pattern_subscriber_learns_pattern_and_channel(http: httpx.Client) -> None:
    with http.stream("POST", f"/psubscribe/{quote('user:*', safe='')}") as response:
        events = lines(response)
        assert next(events) == "data: psubscribe,user:*,1"
        http.get("/publish/user:7/hello")
        assert next(events) == "data: pmessage,user:*,user:7,hello"


def test_a_subscription_needs_the_token(http: httpx.Client) -> None:
    assert httpx.get(http.base_url.join("/subscribe/chat"), trust_env=False, timeout=30).status_code == 401


def test_who_hangs_up_is_no_subscriber_any_more(http: httpx.Client) -> None:
    with http.stream("GET", "/subscribe/chat") as response:
        next(lines(response))
    counts = (http.get("/publish/chat/hello").json()["result"] for _ in range(500))
    assert 0 in counts
