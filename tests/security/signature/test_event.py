"""Attacks on the way in: what AWS hands over is judged as a whole, event and signature together."""

import base64
from typing import Any

import pytest

from shared.errors import SignatureError
from shared.events import read_event
from shared.refusals import Refusal
from shared.signature import Claims
from tests.security.signature.forging import BODY, URL, honest, verifier

HOST = "abc123.lambda-url.eu-west-1.on.aws"


def v2(headers: dict[str, str], **changes: Any) -> dict[str, Any]:
    return {
        "version": "2.0",
        "rawPath": "/send_email",
        "rawQueryString": "tenant=7",
        "headers": headers,
        "requestContext": {"domainName": HOST, "http": {"method": "POST", "sourceIp": "192.0.2.1"}},
        "body": BODY.decode(),
        "isBase64Encoded": False,
        **changes,
    }


def v1(sent: dict[str, list[str]], /, **changes: Any) -> dict[str, Any]:
    return {
        "httpMethod": "POST",
        "path": "/send_email",
        "headers": {name: values[-1] for name, values in sent.items()},
        "multiValueHeaders": sent,
        "requestContext": {"identity": {"sourceIp": "192.0.2.1"}},
        "body": BODY.decode(),
        "isBase64Encoded": False,
        **changes,
    }


def believed(event: dict[str, Any], delivery_url: str = URL) -> Claims:
    request = read_event(event, delivery_url=delivery_url)
    return verifier().verify(request.headers.get("upstash-signature"), request.body, request.url)


def refused(event: dict[str, Any], delivery_url: str = URL) -> str:
    with pytest.raises(SignatureError) as caught:
        believed(event, delivery_url)
    return caught.value.reason


def test_an_honest_event_of_either_kind_is_believed() -> None:
    """A Function URL's without configuration, a REST API's with its URL configured."""
    believed(v2({"upstash-signature": honest()}), delivery_url="")
    believed(v1({"Upstash-Signature": [honest()]}))


@pytest.mark.parametrize("name", ["upstash-signature", "UPSTASH-SIGNATURE", "Upstash-signature", "uPSTASH-sIGNATURE"])
def test_the_case_of_the_headers_name_does_not_matter(name: str) -> None:
    """A REST API passes names on as they were sent."""
    believed(v1({name: [honest()]}))


def test_a_header_given_twice_is_refused_in_payload_2() -> None:
    """AWS joins the two by a comma."""
    assert refused(v2({"upstash-signature": f"{honest()},{honest()}"})) == Refusal.REPEATED


def test_a_header_given_twice_is_refused_in_payload_1() -> None:
    """Else one part might judge the first, another the last."""
    assert refused(v1({"Upstash-Signature": [honest(), honest()]})) == Refusal.REPEATED


def test_a_bad_header_before_a_good_one_is_refused() -> None:
    """Not the last one wins."""
    assert refused(v1({"Upstash-Signature": ["bad", honest()]})) == Refusal.REPEATED


def test_a_bad_header_after_a_good_one_is_refused() -> None:
    """Nor the first."""
    assert refused(v1({"Upstash-Signature": [honest(), "bad"]})) == Refusal.REPEATED


def test_an_empty_header_beside_a_good_one_is_refused() -> None:
    """Even an empty second header is a second header."""
    assert refused(v1({"Upstash-Signature": [honest(), ""]})) == Refusal.REPEATED


def test_the_header_in_two_cases_is_refused_in_payload_1() -> None:
    """The same header under two spellings is a header given twice."""
    event = v1({"Upstash-Signature": [honest()], "upstash-signature": ["bad"]})
    assert refused(event) == Refusal.REPEATED


def test_the_header_in_two_cases_is_refused_without_multi_values() -> None:
    """The same for an event that has only the plain map."""
    event = v1({"Upstash-Signature": [honest()], "UPSTASH-SIGNATURE": [honest()]}, multiValueHeaders=None)
    assert refused(event) == Refusal.REPEATED


@pytest.mark.parametrize("name", ["authorization", "x-upstash-signature", "upstash_signature", "upstash-signature "])
def test_a_token_in_another_header_is_no_signature(name: str) -> None:
    """Only one header counts."""
    assert refused(v2({name: honest()})) == Refusal.MISSING


def test_no_headers_at_all_is_no_signature() -> None:
    """AWS writes null for none in payload 1.0."""
    assert refused(v1({}, headers=None, multiValueHeaders=None)) == Refusal.MISSING


def test_a_body_in_base64_is_decoded_before_it_is_judged() -> None:
    """AWS encodes what it takes for binary."""
    body = base64.b64encode(BODY).decode()
    believed(v2({"upstash-signature": honest()}, body=body, isBase64Encoded=True))


def test_the_base64_flag_taken_off_is_refused() -> None:
    """The encoded text itself was never signed."""
    body = base64.b64encode(BODY).decode()
    assert refused(v2({"upstash-signature": honest()}, body=body)) == Refusal.BODY


def test_the_base64_flag_put_on_is_refused() -> None:
    """JSON is not base64."""
    assert refused(v2({"upstash-signature": honest()}, isBase64Encoded=True)) == Refusal.UNREADABLE_BODY


def test_base64_that_decodes_to_something_else_is_refused() -> None:
    """A signed text that happens to be base64 is not what it decodes to."""
    event = v2({"upstash-signature": honest(b"YWJj")}, body="YWJj", isBase64Encoded=True)
    assert refused(event) == Refusal.BODY


def test_a_host_header_does_not_make_the_url() -> None:
    """The caller's Host, forwarded or not, is the caller's to choose."""
    token = honest(url="https://evil.example/send_email?tenant=7")
    lies = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    assert refused(v2({"upstash-signature": token, **lies}), delivery_url="") == Refusal.URL


def test_a_forwarded_scheme_does_not_make_the_url() -> None:
    """Nor is the scheme."""
    token = honest(url=URL.replace("https", "http"))
    event = v2({"upstash-signature": token, "x-forwarded-proto": "http"})
    assert refused(event, delivery_url="") == Refusal.URL


def test_a_query_added_by_the_caller_is_refused_at_a_function_url() -> None:
    """The event's query is part of the URL that must have been signed."""
    event = v2({"upstash-signature": honest()}, rawQueryString="tenant=7&tenant=8")
    assert refused(event, delivery_url="") == Refusal.URL


def test_a_query_added_by_the_caller_changes_nothing_at_a_configured_url() -> None:
    """It is left out, so that no one downstream reads what no one signed."""
    event = v2({"upstash-signature": honest()}, rawQueryString="tenant=8")
    assert read_event(event, delivery_url=URL).url == URL
    believed(event)


def test_a_token_for_the_configured_url_with_another_query_is_refused() -> None:
    """Nor does the event's query make a token for such a URL good."""
    event = v2({"upstash-signature": honest(url=f"{URL}&a=1")}, rawQueryString="tenant=7&a=1")
    assert refused(event) == Refusal.URL


def test_the_query_of_the_event_is_not_appended_to_a_configured_url() -> None:
    """A token for the plain configured URL stays good whatever query the gateway reports."""
    plain = URL.partition("?")[0]
    believed(v2({"upstash-signature": honest(url=plain)}), delivery_url=plain)


def test_the_gateways_own_address_is_not_the_configured_one() -> None:
    """A token for the address behind a custom domain is not one for the domain."""
    assert refused(v2({"upstash-signature": honest(url=URL)}), "https://jobs.example/send_email") == Refusal.URL
