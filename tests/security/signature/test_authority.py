"""`qstash.Receiver` has the last word, and is asked about exactly what came in."""

from typing import Any

import pytest
from qstash.errors import SignatureError as ReceiverRefusal
from qstash.receiver import Receiver

from shared.refusals import Refusal
from shared.signature import Verifier, _Key
from tests.security.signature.forging import BODY, CURRENT, NEXT, OLD, URL, honest, refusal, verifier


class Recording(Receiver):
    """Asks the real Receiver, and keeps what it was asked."""

    def __init__(self, key: str) -> None:
        super().__init__(key, key)
        self.asked: list[dict[str, Any]] = []

    def verify(self, **question: Any) -> None:
        self.asked.append(question)
        super().verify(**question)


def asking(current: Receiver, next_receiver: Receiver) -> Verifier:
    """A verifier over our two keys that asks these."""
    made = verifier()
    made._keys = (_Key("current", CURRENT.encode(), current), _Key("next", NEXT.encode(), next_receiver))
    return made


def test_every_believed_delivery_was_put_to_the_receiver() -> None:
    """With the token, the text of the raw body and the URL, none of them left out."""
    receiver, token = Recording(CURRENT), honest()
    asking(receiver, Recording(NEXT)).verify(token, BODY, URL)
    (question,) = receiver.asked
    assert {name: question[name] for name in ("signature", "body", "url")} == {
        "signature": token,
        "body": BODY.decode(),
        "url": URL,
    }


def test_only_the_key_that_signed_is_asked_about() -> None:
    """Asked about both, the Receiver would report the other key's failure instead of the true one."""
    current, following = Recording(CURRENT), Recording(NEXT)
    asking(current, following).verify(honest(key=NEXT), BODY, URL)
    assert (len(current.asked), len(following.asked)) == (0, 1)


def test_what_the_receiver_refuses_is_refused() -> None:
    """Here because it knows another key than we do."""
    assert refusal(honest(), by=asking(Receiver(OLD, OLD), Receiver(NEXT, NEXT))) == Refusal.RECEIVER


@pytest.mark.parametrize("word", ["Signature has expired", "The token is not yet valid (iat)"])
def test_a_refusal_is_not_set_aside_for_its_words(word: str) -> None:
    """Only PyJWT's own verdict on the time is, never a text that speaks of it."""

    class Refusing(Receiver):
        def verify(self, **_: Any) -> None:
            raise ReceiverRefusal(word)

    refusing = Refusing(CURRENT, CURRENT)
    assert refusal(honest(), by=asking(refusing, refusing)) == Refusal.RECEIVER


def test_a_fault_of_the_receiver_is_no_consent() -> None:
    """An error that it does not promise reaches the caller; the delivery is not believed."""

    class Broken(Receiver):
        def verify(self, **_: Any) -> None:
            raise KeyError("body")

    broken = Broken(CURRENT, CURRENT)
    with pytest.raises(KeyError):
        asking(broken, broken).verify(honest(), BODY, URL)


def test_a_refusal_tells_no_secret() -> None:
    """Neither the keys nor the token, by its text, its data or the verifier's repr."""
    token, judge = honest(key=OLD), verifier()
    with pytest.raises(Exception, match=Refusal.KEY) as caught:
        judge.verify(token, BODY, URL)
    shown = f"{caught.value!r} {vars(caught.value)} {judge!r} {judge._keys!r}"
    assert not [secret for secret in (CURRENT, NEXT, token, *token.split(".")) if secret in shown]
