"""One call of a receiver, against a real server: what each answer means, and how little it can do to us."""

import asyncio
from collections.abc import Sequence

import pytest

from shared import deadline
from shared.clock import World
from shared.errors import RetryableError
from shared.webhooks import sending
from shared.webhooks.addresses import AddressRefused, NoAddress
from shared.webhooks.sending import NotTaken, Receiver, ReceiverGone, Sender, WebhookRefused
from shared.webhooks.signing import new_secret
from tests.support.inbox import Inbox, answer
from tests.support.wire import serving

SECRET = new_secret()
PATIENCE = 30.0
BODY = '{"type":"job.succeeded","data":{"job":"“ä”"}}'.encode()


async def send(sender: Sender, inbox: Inbox) -> int:
    return await sender.send(Receiver(inbox.url, SECRET), "run-0", BODY)


async def test_a_webhook_arrives_as_it_was_signed(sender: Sender, inbox: Inbox) -> None:
    assert await send(sender, inbox) == 204
    (came,) = inbox.came
    assert (came.line, came.body) == ("POST /hooks?tenant=7 HTTP/1.1", BODY)
    assert (came.id, came.headers["content-type"]) == ("run-0", "application/json")
    assert came.headers["host"] == f"127.0.0.1:{inbox.port}"
    assert came.verified(SECRET)["type"] == "job.succeeded"


async def test_a_repeat_has_the_same_id_and_body_and_the_time_of_its_own_attempt(inbox: Inbox) -> None:
    """The receiver's tolerance is minutes; a receiver may be away for hours."""
    for now in (1_700_000_000.0, 1_700_003_600.0):
        sender = Sender(local=True, world=World(now=lambda now=now: now))  # type: ignore[misc] # bound now
        await send(sender, inbox)
        await sender.aclose()
    first, again = inbox.came
    assert (first.id, first.body) == (again.id, again.body)
    assert [came.headers["webhook-timestamp"] for came in inbox.came] == ["1700000000", "1700003600"]
    assert first.headers["webhook-signature"] != again.headers["webhook-signature"]


@pytest.mark.parametrize(
    ("status", "meant"),
    [
        (400, WebhookRefused),
        (404, WebhookRefused),
        (410, ReceiverGone),
        (408, NotTaken),
        (409, NotTaken),
        (425, NotTaken),
        (429, NotTaken),
        (500, NotTaken),
        (503, NotTaken),
        (302, NotTaken),
    ],
)
async def test_what_an_answer_means(sender: Sender, inbox: Inbox, status: int, meant: type[Exception]) -> None:
    inbox.answers = [answer(status, b"secret of theirs", Location=inbox.url)]
    with pytest.raises(meant) as refused:
        await send(sender, inbox)
    assert str(refused.value) == f"127.0.0.1: status {status}"
    assert len(inbox.came) == 1, "a redirect was followed"


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", 120.0),
        ("0", 1.0),
        ("999999999", 3600.0),
        ("soon", None),
        ("-5", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
async def test_a_receiver_may_ask_for_a_wait_within_bounds(
    sender: Sender, inbox: Inbox, said: str, wait: float | None
) -> None:
    inbox.answers = [answer(503, Retry_After=said)]
    with pytest.raises(NotTaken) as refused:
        await send(sender, inbox)
    assert refused.value.retry_after == wait


async def test_a_receiver_that_is_silent_is_left_in_time(sender: Sender, inbox: Inbox) -> None:
    async def silent(_: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    inbox.answers = [silent]
    with deadline.within(0.3, World().monotonic), pytest.raises(NotTaken, match="no answer"):
        await send(sender, inbox)


@pytest.mark.parametrize(
    "garbage", [b"", b"no HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\n", b"\x00" * 200_000, b"HTTP/1.1 abc\r\n\r\n"]
)
async def test_what_is_no_answer_takes_nothing(sender: Sender, inbox: Inbox, garbage: bytes) -> None:
    inbox.answers = [garbage]
    with pytest.raises(NotTaken):
        await send(sender, inbox)


@pytest.mark.parametrize(("pause", "reading"), [(0.0, PATIENCE), (0.01, 0.3)])
async def test_a_body_without_an_end_is_not_read_to_it(
    sender: Sender, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, pause: float, *, reading: float
) -> None:
    """A fast one is left after some bytes, a slow one after some time: the status has said it all."""
    monkeypatch.setattr(sending, "READING", reading)

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1\r\nx\r\n" if pause else b"400\r\n" + b"x" * 1024 + b"\r\n")
            await writer.drain()
            await asyncio.sleep(pause)

    inbox.answers = [endless]
    async with asyncio.timeout(PATIENCE / 2):
        assert await send(sender, inbox) == 200


async def test_nobody_there_is_no_verdict(sender: Sender) -> None:
    async def hang_up(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None: ...

    async with serving(hang_up) as port:
        pass
    with pytest.raises(NotTaken, match="ConnectError"):
        await sender.send(Receiver(f"http://127.0.0.1:{port}/", SECRET), "run-0", BODY)
    with pytest.raises(NoAddress):
        await sender.send(Receiver("https://hooks.invalid/", SECRET), "run-0", BODY)


async def test_a_resolver_that_changes_its_mind_is_asked_once(inbox: Inbox) -> None:
    """DNS rebinding: what was checked is what is called, under the name that was asked for."""
    asked: list[str] = []

    async def fickle(host: str) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    sender = Sender(local=True, world=World(), resolve=fickle)
    receiver = Receiver(f"http://hooks.example:{inbox.port}/", SECRET)
    assert await sender.send(receiver, "run-0", BODY) == 204
    assert asked == ["hooks.example"]
    assert inbox.came[0].headers["host"] == f"hooks.example:{inbox.port}"
    with pytest.raises(AddressRefused):
        await sender.send(receiver, "run-0", BODY)
    assert len(inbox.came) == 1
    await sender.aclose()


async def test_an_address_that_takes_no_connection_leaves_it_to_the_next(inbox: Inbox) -> None:
    """A Lambda without IPv6 that is told an IPv6 address, for one."""

    async def two(_: str) -> Sequence[str]:
        return ["127.0.0.2", "127.0.0.1"]

    sender = Sender(local=True, world=World(), resolve=two)
    assert await sender.send(Receiver(f"http://hooks.example:{inbox.port}/", SECRET), "run-0", BODY) == 204
    await sender.aclose()


async def test_tls_is_asked_of_the_name_and_not_of_the_address() -> None:
    hello: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        hello.append(await reader.read(4096))

    async def here(_: str) -> Sequence[str]:
        return ["127.0.0.1"]

    sender = Sender(local=True, world=World(), resolve=here)
    async with serving(listen) as port:
        with pytest.raises(RetryableError, match=r"hooks\.example: ConnectError"):
            await sender.send(Receiver(f"https://hooks.example:{port}/", SECRET), "run-0", BODY)
    await sender.aclose()
    assert b"hooks.example" in hello[0]


async def test_the_environments_proxy_is_not_asked(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would look the name up by itself."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    sender = Sender(local=True, world=World())
    assert await send(sender, inbox) == 204
    await sender.aclose()
