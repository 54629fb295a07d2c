"""Mail addresses and client addresses, as they are compared, counted and shown."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated, Final

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError


def normal(address: str) -> str:
    """The one form of a mail address that identifies a user, is counted, and is mailed to.

    The whole of it is lower case, the domain in its ASCII form. Mail systems may tell `Ada@` from `ada@` but none of
    note does; since the mail goes to the lower-case form as well, whoever owns only `Ada@` can't become `ada@`. Local
    parts beyond ASCII are refused: lower case is ambiguous there, and Resend does not take them.
    """
    try:
        valid = validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise PydanticCustomError("mail_address", "must be a mail address") from None
    return f"{valid.local_part}@{valid.ascii_domain}".lower()


UNROUTED: Final = r"\.(arpa|invalid|local|localhost|onion|test)$"
"""Domains that are nobody's on the internet (RFC 6761), told in the OpenAPI document; email-validator refuses them."""

MailAddress = Annotated[
    str,
    Field(max_length=254),
    AfterValidator(normal),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254, "not": {"pattern": UNROUTED}}),
]


UNHEARD: Final = str.maketrans("", "", ".-_")


def mailbox(address: str) -> str:
    """Whom to count a mail for: `ada+anything@` and `a.da@` are `ada@`, in the form that `normal` gives.

    For counting only. Most mail systems deliver every tag to one mailbox, Gmail every way to set dots and Proton Mail
    hyphens and underscores as well, so that it could be filled under made-up names; where they mean something, people
    whose names differ in nothing else share a count. As users they stay apart, since we can't know.
    """
    local, _, domain = address.rpartition("@")
    name = local.partition("+")[0]
    return f"{name.translate(UNHEARD) or name or local}@{domain}"


def masked(address: str) -> str:
    """Enough to know one's own address by, too little to learn another's: `a***@e***.com`."""
    local, _, domain = address.rpartition("@")
    name, dot, top = domain.rpartition(".")
    return f"{local[:1]}***@{name[:1]}***{dot}{top}"


def network(client: str | None) -> str:
    """Whom to count a request for: an IPv4 address, or the /64 of an IPv6 one, which is one subscriber's."""
    try:
        address = ip_address(client or "")
    except ValueError:
        return "unknown"  # AWS names it always; what it can't be read from shares one count
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((int(address), 64), strict=False))
    return str(address)
