"""Why a delivery is not believed: a closed set of words, so that each can be logged, counted and alerted on.

No word here repeats what a caller sent. What a log may say besides (the name of a claim) travels in the
error's data.
"""

from enum import StrEnum


class Refusal(StrEnum):
    """The `reason` of a `SignatureError`, in the order in which a delivery is judged."""

    EVENT = "not an HTTP event"
    UNREADABLE_BODY = "body is not what its encoding says"
    MISSING = "no signature"
    REPEATED = "more than one signature"
    TOO_LONG = "signature is too long"
    SEGMENTS = "not three segments"
    ENCODING = "a segment is not base64url"
    HEADER = "header is not a JWT's"
    ALGORITHM = "algorithm is not HS256"
    KEY = "signed by neither key"
    CLAIMS = "claims are not a JSON object"
    CLAIM_MISSING = "a claim is missing"
    CLAIM_FORM = "a claim has another form"
    ISSUER = "issuer is not QStash"
    LIFETIME = "lives longer than QStash signs for"
    EXPIRED = "expired"
    NOT_YET = "not valid yet"
    ISSUED_LATER = "issued in the future"
    URL = "signed for another URL"
    BODY = "signed for another body"
    NOT_UTF8 = "body is not UTF-8"
    RECEIVER = "refused by qstash.Receiver"
    REPLAYED = "used before"
