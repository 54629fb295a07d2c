"""Why there is no PDF.

BadRequest
├── NotReportable   no such document, or no analysis of it; none has come while the run waited
└── TooMuch         more than one PDF may be or take, or nothing that can be set: the message says which

RetryableError
└── NotYet          its document's analysis may be on its way: asked for a moment ago, or being made
"""

from shared.errors import BadRequest, RetryableError


class NotReportable(BadRequest):
    code = "not_reportable"


class TooMuch(BadRequest):
    code = "too_much"


class NotYet(RetryableError):
    code = "not_yet"
