"""The signature of Standard Webhooks, by its own vector, and by a verification that is not ours."""

from base64 import b64decode

import pytest
import resend

from shared.clock import World
from shared.errors import ConfigurationError
from shared.webhooks.signing import PREFIX, key_of, new_secret, sign

VECTOR = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_specifications_own_vector_is_signed_as_it_says() -> None:
    """https://github.com/standard-webhooks/standard-webhooks: the tests of its libraries."""
    signed = sign(key_of("secret", VECTOR), "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def verify(payload: str, headers: dict[str, str], secret: str) -> None:
    resend.Webhooks.verify(
        {
            "payload": payload,
            "headers": {"id": headers["id"], "timestamp": headers["timestamp"], "signature": headers["signature"]},
            "webhook_secret": secret,
        }
    )


def test_resends_sdk_believes_what_we_sign_and_nothing_that_was_changed() -> None:
    secret, now = new_secret(), int(World().now())
    signature = sign(key_of("secret", secret), "run-0", str(now), '"ä"'.encode())
    headers = {"id": "run-0", "timestamp": str(now), "signature": signature}
    verify('"ä"', headers, secret)
    for payload, changed, key in (
        ('"a"', headers, secret),
        ('"ä"', headers | {"id": "run-1"}, secret),
        ('"ä"', headers | {"timestamp": str(now - 1)}, secret),
        ('"ä"', headers, new_secret()),
    ):
        with pytest.raises(ValueError, match="signature"):
            verify(payload, changed, key)


def test_a_new_secret_is_256_bits_and_nobody_elses() -> None:
    one, another = new_secret(), new_secret()
    assert one != another
    assert len(b64decode(one.removeprefix(PREFIX), validate=True)) == 32


@pytest.mark.parametrize(
    "wrong", ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ=", "whsec_no base64!"]
)
def test_a_secret_that_signs_nothing_is_refused_and_never_quoted(wrong: str) -> None:
    """A key of no bytes would be anybody's."""
    with pytest.raises(ConfigurationError, match="ALERT_WEBHOOK_SECRET") as refused:
        key_of("ALERT_WEBHOOK_SECRET", wrong)
    assert not wrong.removeprefix(PREFIX) or wrong not in refused.value.message
