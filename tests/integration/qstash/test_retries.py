"""Failures, retries and how both end, as the destination sees them; QStash's own waits run 200 times faster."""

import json
from base64 import b64decode

from qstash import QStash, Receiver
from qstash.message import PublishResponse

from tests.integration.qstash.destination import Destination, Got, Reply, eventually


def published_id(published: object) -> str:
    assert isinstance(published, PublishResponse)
    return published.message_id


def retried(got: list[Got]) -> list[str]:
    return [one.headers["Upstash-Retried"] for one in got]


def test_a_failure_is_retried_until_it_succeeds(client: QStash, destination: Destination) -> None:
    client.message.publish(url=destination.replies("/flaky", Reply(500), Reply(503), Reply(200)))
    got = destination.wait("/flaky", 3)
    assert retried(got) == ["0", "1", "2"]
    assert len({one.headers["Upstash-Message-Id"] for one in got}) == 1


def test_an_answers_retry_after_is_not_scaled(client: QStash, destination: Destination) -> None:
    client.message.publish(url=destination.replies("/wait", Reply(429, {"Retry-After": "1"}), Reply()))
    first, second = destination.wait("/wait", 2)
    assert second.at - first.at > 0.95


def test_an_expression_is_scaled(client: QStash, destination: Destination) -> None:
    url = destination.replies("/own", Reply(500), Reply(500), Reply())
    client.message.publish(url=url, retry_delay="80000 * (1 + retried)")
    first, second, third = destination.wait("/own", 3)
    assert 0.38 < second.at - first.at < 10
    assert 0.78 < third.at - second.at < 10


def test_489_with_its_header_ends_at_once(client: QStash, destination: Destination) -> None:
    url = destination.replies("/never", Reply(489, {"Upstash-NonRetryable-Error": "true"}, b"no use"))
    name = published_id(client.message.publish(url=url, body="b", retries=3))
    eventually(lambda: len(client.dlq.list(filter={"message_id": name}).messages) == 1)
    (letter,) = client.dlq.list(filter={"message_id": name}).messages
    assert (letter.response_status, letter.response_body, letter.body) == (489, "no use", "b")
    assert len(destination.at("/never")) == 1


def test_an_unreachable_destination_is_retried_and_ends_among_the_dead_letters(client: QStash) -> None:
    name = published_id(client.message.publish(url="http://127.0.0.1:1/nobody", retries=1))
    eventually(lambda: len(client.dlq.list(filter={"message_id": name}).messages) == 1)
    assert client.dlq.list(filter={"message_id": name}).messages[0].response_status == 0


def test_a_callback_tells_of_each_attempt(client: QStash, destination: Destination) -> None:
    name = published_id(
        client.message.publish(
            url=destination.replies("/work", Reply(500, body=b"\xffoops"), Reply(201, {"X-Done": "1"}, b"done")),
            body="payload",
            callback=destination.url("/told"),
            callback_headers={"Upstash-Callback-Forward-X-Mine": "cb"},
        )
    )
    told = destination.wait("/told", 2)
    says = sorted((json.loads(got.body) for got in told), key=lambda one: int(one["retried"]))
    assert [(one["status"], b64decode(one["body"]), one["retried"]) for one in says] == [
        (500, b"\xffoops", 0),
        (201, b"done", 1),
    ]
    assert says[1]["header"]["X-Done"] == ["1"]
    assert {one["sourceMessageId"] for one in says} == {name}
    assert {got.headers["X-Mine"] for got in told} == {"cb"}
    assert all(got.headers["Upstash-Message-Id"] != name for got in told)


def test_a_failure_callback_comes_once_signed_and_complete(
    client: QStash, destination: Destination, receiver: Receiver
) -> None:
    back = destination.url("/failed")
    url = destination.replies("/broken", Reply(500, body=b"boom"))
    name = published_id(
        client.message.publish_json(url=url, body={"a": 1}, retries=2, failure_callback=back, headers={"X-A": "1"})
    )
    (got,) = destination.wait("/failed")
    receiver.verify(signature=got.headers["Upstash-Signature"], body=got.body.decode(), url=back)
    says = json.loads(got.body)
    (letter,) = client.dlq.list(filter={"message_id": name}).messages
    assert isinstance(says.pop("createdAt"), int)
    assert isinstance(says.pop("notBefore"), int)
    assert says.pop("header")["Content-Length"] == ["4"]
    assert says == {
        "status": 500,
        "body": "Ym9vbQ==",
        "retried": 2,
        "maxRetries": 2,
        "sourceMessageId": name,
        "dlqId": letter.dlq_id,
        "url": url,
        "method": "POST",
        "sourceHeader": {"Content-Type": ["application/json"], "X-A": ["1"]},
        "sourceBody": "eyJhIjogMX0=",
        "callerIP": "127.0.0.1",
    }
    assert len(destination.at("/broken")) == 3
    assert len(destination.at("/failed")) == 1


def test_callbacks_are_retried_themselves(client: QStash, destination: Destination) -> None:
    back = destination.replies("/deaf", Reply(500), Reply(200))
    client.message.publish(url=destination.url("/fine"), callback=back)
    assert retried(destination.wait("/deaf", 2)) == ["0", "1"]
