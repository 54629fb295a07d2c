"""A TCP proxy between a function and one service, which sees single exchanges and can spoil any of them.

    function ──▶ FaultProxy(framing, upstream, judge) ──▶ service
                     │
                     └─ judge(Exchange) -> None, or the Fault that this one exchange meets

    Fault                                          seen by the service    seen by the caller
    Fault(forwarded=False)                         nothing                a closed connection
    Fault(forwarded=True)                          the question           a closed connection: the answer is lost
    Fault(forwarded=True, answered=True, then=..)  the question           its answer, after `then` (slow)
    Fault(forwarded=False, then=event.wait)        nothing                silence
    Fault(forwarded=True, then=event.wait)         the question           silence
    Fault(forwarded=.., answer=http_answer(..))    as `forwarded` says    the made-up answer (answers.py)

`await proxy.refuse()` is a service that is not there: every connection ends, and none is taken until `proxy.admit()`.

`then` runs where the fault strikes, so that a crash (kill -9 of the function) is a fault as well. Framings: `Mongo` for
MongoDB's wire protocol, `Http` for HTTP/1.1. Loopback only, no TLS: for development and tests.
"""

from infra.local.faults.answers import http_answer, mongo_error, raw
from infra.local.faults.exchange import Answer, Exchange, Fault, Judge
from infra.local.faults.http import Http
from infra.local.faults.mongo import Mongo
from infra.local.faults.proxy import FaultProxy

__all__ = [
    "Answer",
    "Exchange",
    "Fault",
    "FaultProxy",
    "Http",
    "Judge",
    "Mongo",
    "http_answer",
    "mongo_error",
    "raw",
]
