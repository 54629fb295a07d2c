"""What a destination receives: the bytes as they were published, the headers of the wire, a signature that verifies."""

import re
import time

import pytest
from qstash import QStash, Receiver
from qstash.errors import SignatureError
from qstash.message import PublishResponse

from tests.integration.qstash.destination import Destination, Reply
from tests.integration.qstash.server import Server


def test_a_published_message_arrives_signed(client: QStash, destination: Destination, receiver: Receiver) -> None:
    url = destination.url("/a?b=c&d=e%20f")
    published = client.message.publish_json(url=url, body={"hello": "wörld"}, headers={"X-Mine": "1"})
    assert isinstance(published, PublishResponse)
    (got,) = destination.wait("/a?b=c&d=e%20f")
    receiver.verify(signature=got.headers["Upstash-Signature"], body=got.body.decode(), url=url)
    with pytest.raises(SignatureError):
        receiver.verify(signature=got.headers["Upstash-Signature"], body=got.body.decode() + " ", url=url)
    sent = {name: value for name, value in got.headers.items() if name not in {"Upstash-Signature", "Host"}}
    assert sent == {
        "User-Agent": "Upstash-QStash",
        "Content-Type": "application/json",
        "Content-Length": str(len(got.body)),
        "X-Mine": "1",
        "Upstash-Message-Id": published.message_id,
        "Upstash-Retried": "0",
        "Upstash-Caller-Ip": "127.0.0.1",
        "Upstash-Region": "eu-central-1",
    }


@pytest.mark.parametrize("body", [b"", b"\x00\xff\xfe raw", b'{ "a" : 1.0 }\n'])
def test_bodies_arrive_byte_for_byte(client: QStash, destination: Destination, body: bytes) -> None:
    client.message.publish(url=destination.url("/raw"), body=body, content_type="application/x-mine")
    (got,) = destination.wait("/raw")
    assert got.body == body
    assert got.headers["Content-Type"] == "application/x-mine"


@pytest.mark.parametrize(
    "path",
    [
        "/it's",
        "/a;b",
        "/a/../b/./c",
        "/x|y?z={1}|`",
        "/%E2%82%AC/",
        "/x?q='1'&e=",
        "/a//b",
        "/?",
        "/caf%c3%a9?x=%2F/y:@",
    ],
)
def test_the_url_is_called_and_signed_as_it_was_published(
    server: Server, destination: Destination, receiver: Receiver, path: str
) -> None:
    url = destination.url(path)
    server.call("POST", f"/v2/publish/{url}", content=b"x", extensions={"target": f"/v2/publish/{url}".encode()})
    (got,) = destination.wait(path.removesuffix("?"))
    receiver.verify(signature=got.headers["Upstash-Signature"], body="x", url=url.removesuffix("?"))


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_every_method_is_used(client: QStash, destination: Destination, method: str) -> None:
    client.message.publish(url=destination.url("/m"), body="b", method=method)  # type: ignore[arg-type] # a Literal
    assert destination.wait("/m")[0].method == method


def test_options_are_read_from_the_query_too_and_do_not_reach_the_destination(
    server: Server, destination: Destination
) -> None:
    url = destination.url("/q?keep=1&upstash-method=PUT&upstash-forward-x-a=b&keep=2")
    assert server.call("POST", f"/v2/publish/{url}").status_code == 201
    (got,) = destination.wait("/q?keep=1&keep=2")
    assert (got.method, got.headers["X-A"]) == ("PUT", "b")


def test_a_slow_destination_is_given_up_after_its_timeout(client: QStash, destination: Destination) -> None:
    url = destination.replies("/slow", Reply(after=4), Reply())
    client.message.publish(url=url, timeout="1s", retries=1)
    first, second = destination.wait("/slow", 2)
    assert 0.95 < second.at - first.at < 3.9


def test_no_burst_is_larger_than_the_limit(own_server: Server, destination: Destination) -> None:
    """Ten messages through a limit of two take the time of five."""
    own_server.start("--parallelism", "2")
    url = destination.replies("/busy", Reply(after=0.1))
    own_server.call("POST", "/v2/batch", json=[{"destination": url}] * 10)
    arrived = [got.at for got in destination.wait("/busy", 10)]
    assert arrived[-1] - arrived[0] > 0.35
    assert own_server.call("GET", "/v2/globalParallelism").json()["parallelismMax"] == 2


def test_the_same_message_can_be_delivered_once_more(server: Server, client: QStash, destination: Destination) -> None:
    published = client.message.publish(url=destination.url("/twice"), body="b")
    assert isinstance(published, PublishResponse)
    destination.wait("/twice")
    again = server.call("POST", f"/local/redeliver/{published.message_id}")
    while again.status_code == 409:
        # The destination saw it a moment before the server had its answer.
        again = server.call("POST", f"/local/redeliver/{published.message_id}")
    assert again.json() == {"messageId": published.message_id, "status": 200, "error": None}
    first, second = destination.at("/twice")
    assert first.headers["Upstash-Message-Id"] == second.headers["Upstash-Message-Id"]
    assert first.headers["Upstash-Signature"] != second.headers["Upstash-Signature"]
    assert re.fullmatch(r"msg_[a-z0-9]+", published.message_id)


def test_idle_tells_what_waits(own_server: Server, destination: Destination) -> None:
    own_server.start()
    assert own_server.call("GET", "/local/idle").json() == {"idle": True, "waiting": 0, "active": 0}
    own_server.call("POST", f"/v2/publish/{destination.url('/x')}", headers={"Upstash-Delay": "1h"})
    assert own_server.call("GET", "/local/idle").json() == {"idle": False, "waiting": 1, "active": 0}


def test_thousands_that_wait_do_not_slow_down_the_one_that_is_due(own_server: Server, destination: Destination) -> None:
    own_server.start()
    late = {"destination": destination.url("/late"), "headers": {"Upstash-Delay": "1h"}}
    own_server.call("POST", "/v2/batch", json=[late] * 3000)
    started = time.monotonic()
    own_server.call("POST", f"/v2/publish/{destination.url('/now')}")
    assert destination.wait("/now")[0].at - started < 1
    assert own_server.call("GET", "/local/idle").json()["waiting"] == 3000
