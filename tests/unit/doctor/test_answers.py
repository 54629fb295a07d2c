"""What a check makes of answers that the local servers never give."""

from collections.abc import Mapping
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from qstash.errors import RateLimitExceededError

from infra.doctor.checks import api, clock, functions, private, resend, uploads
from infra.doctor.model import State
from infra.schedules.account import Account
from shared.clock import World
from tests.unit.doctor.examinee import Answers, Examinee

NOW = 1_796_000_000.0


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "STAGE": "prod",
        "QSTASH_URL": "https://qstash.example",
        "QSTASH_TOKEN": "a-token",
        "RESEND_API_KEY": "re_key",
        "RESEND_API_URL": "https://resend.example",
        "MAIL_FROM": "Mill <mill@mail.race.dev>",
        "STORAGE_PROVIDER": "tigris",
        "STORAGE_ENDPOINT": "https://storage.example",
        "STORAGE_BUCKET": "millrace-prod",
        "STORAGE_ACCESS_KEY_ID": "id",
        "STORAGE_SECRET_ACCESS_KEY": "secret",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("behind", "state"), [(0, State.OK), (4, State.OK), (30, State.WARN), (-30, State.WARN), (900, State.FAIL)]
)
async def test_a_clock_is_well_within_the_tolerance_and_fails_beyond_a_signatures_lifetime(
    behind: int, state: State
) -> None:
    date = {"date": formatdate(NOW - behind, usegmt=True)}
    patient = Examinee(answers={("HEAD", "https://qstash.example"): httpx.Response(404, headers=date)})
    patient.process.world = World(now=lambda: NOW)
    (one,) = await patient.finds(clock.CHECK)
    assert one.state is state


class Kept:
    """Object storage in which everything works."""

    async def create(self, *_: Any, **__: Any) -> bool:
        return True

    async def delete(self, _: Any) -> list[str]:
        return []

    def presign_get(self, key: str, **_: Any) -> str:
        return f"https://millrace-prod.storage.example/{key}?signed"

    def presign_put(self, key: str, **_: Any) -> Any:
        from shared.storage import SignedPut

        return SignedPut(f"https://millrace-prod.storage.example/{key}?signed", {uploads.CHECKSUM: "x"})


@pytest.mark.parametrize(
    ("object_", "listing", "seen"),
    [(200, 403, "an object can be"), (403, 200, "the list can be"), (200, 200, "an object and the list can be")],
)
async def test_a_bucket_that_everybody_can_read_fails(object_: int, listing: int, seen: str) -> None:
    def answer(given: Mapping[str, Any]) -> httpx.Response:
        return httpx.Response(listing if "params" in given else object_)

    patient = Examinee(answers={("GET", "storage.example"): answer})
    patient.storage = Kept()  # type: ignore[assignment]  # it stands in for a bucket
    (one,) = await patient.finds(private.CHECK)
    assert (one.state, seen in one.seen) == (State.FAIL, True)


async def test_a_store_that_does_not_look_at_what_was_signed_fails() -> None:
    patient = Examinee(answers={("PUT", "storage.example"): httpx.Response(200)})
    patient.storage = Kept()  # type: ignore[assignment]  # it stands in for a bucket
    (one,) = await patient.finds(uploads.CHECK)
    assert (one.state, "without the checksum" in one.seen) == (State.FAIL, True)


@pytest.mark.parametrize(
    ("domains", "state", "seen"),
    [
        ([{"name": "mail.race.dev", "status": "verified"}], State.OK, "mail.race.dev is verified"),
        ([{"name": "race.dev", "status": "verified"}], State.OK, "mail.race.dev is verified"),
        ([{"name": "mail.race.dev", "status": "pending"}], State.FAIL, "mail.race.dev is pending"),
        ([{"name": "ace.dev", "status": "verified"}], State.FAIL, "mail.race.dev is no domain of the account"),
        (401, State.OK, "may not ask whether mail.race.dev is verified"),
        (["race.dev"], State.FAIL, "resend: an answer that is none of its own"),
        (429, State.FAIL, "resend: status 429"),
    ],
)
async def test_mails_have_to_come_from_a_verified_domain_or_from_below_one(
    monkeypatch: pytest.MonkeyPatch, domains: Any, state: State, seen: str
) -> None:
    async def answers() -> None:
        return None

    monkeypatch.setattr("functions.check_health.probes.resend.probe", lambda _: answers)
    told = httpx.Response(domains) if isinstance(domains, int) else httpx.Response(200, json={"data": domains})
    (one,) = await Examinee(answers={("GET", "/domains"): told}).finds(resend.CHECK)
    assert (one.state, seen in one.seen) == (state, True)


async def test_an_api_without_tls_is_refused_where_people_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_URL", "http://api.example")
    (one,) = await Examinee().finds(api.CHECK)
    assert (one.state, one.seen) == (State.FAIL, "http://api.example is not https")


async def test_a_check_that_is_wrong_itself_says_where_and_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_URL", "https://api.example")

    def broken_answer(_: Mapping[str, Any]) -> httpx.Response:
        raise ZeroDivisionError

    there = httpx.Response(200, json={"status": "ok"})
    broken: Answers = {("HEAD", "qstash"): broken_answer, ("GET", "/health"): there}
    first, second = await Examinee(answers=broken).finds(clock.CHECK, api.CHECK)
    assert first.seen.startswith("the check itself fails: ZeroDivisionError at doctor/test_answers.py")
    assert (first.state, second.state) == (State.FAIL, State.OK)


async def test_nobody_there_is_no_matter_of_the_clock() -> None:
    (one,) = await Examinee().finds(clock.CHECK)
    assert (one.state, one.seen) == (State.UNTRIED, "qstash: ConnectError")


@pytest.mark.parametrize("lost", [RateLimitExceededError("9", "0", "1"), httpx.ReadTimeout(""), {"events": [1]}, []])
async def test_a_look_at_a_message_that_is_lost_is_followed_by_another(lost: Any) -> None:
    """Twelve messages are looked at every second, and QStash may find that too much."""
    delivered = {"state": "DELIVERED", "time": 1}
    answers = iter([lost, {"events": [delivered]}])

    async def request(**_: Any) -> Any:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def no_sleep(_: float) -> None:
        return None

    patient = Examinee()
    patient.process.world = World(sleep=no_sleep)
    account = Account(cast("Any", SimpleNamespace(http=SimpleNamespace(request=request))))
    assert await functions.ended(patient, account, "msg_1") == delivered
