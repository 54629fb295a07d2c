"""Nothing is lost when the server stops or is killed, and rotated keys stay rotated."""

import time

import pytest
from qstash import AsyncQStash, QStash, Receiver
from qstash.errors import SignatureError

from infra.local.qstash.settings import DEVELOPMENT_CURRENT_KEY, DEVELOPMENT_NEXT_KEY, DEVELOPMENT_TOKEN
from tests.integration.qstash.destination import Destination, Reply, eventually
from tests.integration.qstash.server import Server


def publish(server: Server, url: str, **headers: str) -> str:
    named = {f"Upstash-{name.replace('_', '-')}": value for name, value in headers.items()}
    message_id: str = server.call("POST", f"/v2/publish/{url}", content=b"body", headers=named).json()["messageId"]
    return message_id


def test_a_message_on_its_way_at_a_kill_is_delivered_again(own_server: Server, destination: Destination) -> None:
    own_server.start()
    url = destination.replies("/killed", Reply(after=3), Reply())
    name = publish(own_server, url)
    destination.wait("/killed")
    own_server.kill()
    own_server.start()
    first, second = destination.wait("/killed", 2)
    assert first.headers["Upstash-Message-Id"] == second.headers["Upstash-Message-Id"] == name
    assert (second.body, second.headers["Upstash-Retried"]) == (b"body", "0")


def test_a_cancelled_message_stays_cancelled_over_a_kill(own_server: Server, destination: Destination) -> None:
    own_server.start()
    name = publish(own_server, destination.replies("/cancelled", Reply(after=3)))
    destination.wait("/cancelled")
    own_server.call("DELETE", f"/v2/messages/{name}")
    own_server.kill()
    own_server.start()
    eventually(lambda: own_server.call("GET", "/local/idle").json()["idle"] is True)
    events = own_server.call("GET", "/v2/events", params={"messageId": name}).json()["events"]
    assert [event["state"] for event in events] == ["CANCELED", "CANCEL_REQUESTED", "ACTIVE", "CREATED"]
    assert len(destination.at("/cancelled")) == 1


def test_what_waits_survives_a_kill(own_server: Server, destination: Destination) -> None:
    own_server.start("--time-scale", "100")
    publish(own_server, destination.url("/delayed"), Delay="100s")
    publish(own_server, destination.replies("/retried", Reply(500), Reply()), Retry_Delay="150000")
    destination.wait("/retried")
    eventually(lambda: own_server.call("GET", "/local/idle").json() == {"idle": False, "waiting": 2, "active": 0})
    own_server.kill()
    time.sleep(0.2)
    own_server.start("--time-scale", "100")
    assert destination.wait("/retried", 2)[1].headers["Upstash-Retried"] == "1"
    assert len(destination.wait("/delayed")) == 1


def test_a_queue_keeps_its_order_over_a_kill_in_the_middle_of_a_retry(
    own_server: Server, destination: Destination
) -> None:
    own_server.start()
    url = destination.replies("/order", Reply(500), Reply())
    for body in (b"0", b"1"):
        headers = {"Upstash-Retry-Delay": "2500"}
        own_server.call("POST", f"/v2/enqueue/order/{url}", content=body, headers=headers)
    destination.wait("/order")
    eventually(lambda: own_server.call("GET", "/local/idle").json()["active"] == 0)
    own_server.kill()
    own_server.start()
    assert [got.body for got in destination.wait("/order", 3)] == [b"0", b"0", b"1"]


def test_a_polite_stop_keeps_everything_too(own_server: Server, destination: Destination) -> None:
    own_server.start()
    own_server.call("POST", "/v2/queues", json={"queueName": "q", "parallelism": 3, "paused": True})
    own_server.call("POST", f"/v2/enqueue/q/{destination.url('/q')}")
    own_server.call("POST", "/v2/topics/g/endpoints", json={"endpoints": [{"url": destination.url("/g")}]})
    own_server.call("POST", "/v2/schedules/g", headers={"Upstash-Cron": "1 1 1 1 *", "Upstash-Schedule-Id": "s"})
    own_server.call("POST", "/v2/flowControl/f/pin", params={"rate": "5"})
    publish(own_server, destination.replies("/dead", Reply(500)), Retries="0", Deduplication_Id="d")
    eventually(lambda: len(own_server.call("GET", "/v2/dlq").json()["messages"]) == 1)
    paths = ["/v2/queues", "/v2/topics", "/v2/schedules", "/v2/flowControl/f", "/v2/dlq", "/v2/events"]
    before = [own_server.call("GET", path).json() for path in paths]
    own_server.stop()
    own_server.start()
    after = [own_server.call("GET", path).json() for path in paths]
    for view in (before[3], after[3]):
        # A rate's period is counted anew by a new process.
        view.pop("ratePeriodStart")
    assert after == before
    again = own_server.call(
        "POST", f"/v2/publish/{destination.url('/dead')}", headers={"Upstash-Deduplication-Id": "d"}
    )
    assert again.json()["deduplicated"] is True


def test_rotation_promotes_the_next_key_and_survives(own_server: Server, destination: Destination) -> None:
    own_server.start()
    rotated = own_server.call("POST", "/v2/keys/rotate").json()
    assert rotated["current"] == DEVELOPMENT_NEXT_KEY
    assert rotated["next"] not in {DEVELOPMENT_CURRENT_KEY, DEVELOPMENT_NEXT_KEY}
    own_server.stop()
    own_server.start()
    assert own_server.call("GET", "/v2/keys").json() == rotated
    url = destination.url("/rotated")
    publish(own_server, url)
    (got,) = destination.wait("/rotated")
    signature, body = got.headers["Upstash-Signature"], got.body.decode()
    Receiver(DEVELOPMENT_CURRENT_KEY, DEVELOPMENT_NEXT_KEY).verify(signature=signature, body=body, url=url)
    with pytest.raises(SignatureError):
        Receiver(DEVELOPMENT_CURRENT_KEY, "another" * 5).verify(signature=signature, body=body, url=url)


def test_other_keys_on_the_command_line_win_over_rotated_ones(own_server: Server) -> None:
    own_server.start()
    own_server.call("POST", "/v2/keys/rotate")
    own_server.stop()
    current, following = "sig_" + "a" * 28, "sig_" + "b" * 28
    own_server.start("--current-key", current, "--next-key", following)
    assert own_server.call("GET", "/v2/keys").json() == {"current": current, "next": following}


async def test_the_sdks_rotate_and_read_the_keys(own_server: Server) -> None:
    client = QStash(DEVELOPMENT_TOKEN, base_url=own_server.start(), retry=False)
    async_client = AsyncQStash(DEVELOPMENT_TOKEN, base_url=own_server.url, retry=False)
    assert client.signing_key.rotate() == client.signing_key.get() == await async_client.signing_key.get()
    assert (await async_client.signing_key.rotate()).current != DEVELOPMENT_NEXT_KEY
    client.http._client.close()
    await async_client.http._client.aclose()
