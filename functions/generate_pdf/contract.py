"""What a PDF is asked for with: a report on a document, or a table of items, as on an invoice."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, RootModel, StringConstraints

from shared.contract import Backoff, Contract, FlowControl, Payload, Principal, PublicFace

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Address = Annotated[tuple[Line, ...], Field(min_length=1, max_length=8)]
"""Line by line: a name, a street, a town."""
Amount = Annotated[Decimal, Field(max_digits=15, decimal_places=4, allow_inf_nan=False)]


class Report(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    """On one of the caller's own documents: its analysis, its keywords and its metadata."""

    kind: Literal["report"] = "report"
    document: Annotated[str, Field(min_length=1, max_length=100)]


class Item(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    what: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    quantity: Amount = Decimal(1)
    price: Amount
    """Of one, without tax."""


class Table(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    """Items with their sums, over as many pages as they take. Every word of it is the caller's."""

    kind: Literal["table"] = "table"
    title: Line
    number: Line
    issued: date
    due: date | None = None
    seller: Address
    buyer: Address
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    """ISO 4217."""
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=2_000)]
    tax_percent: Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)] = Decimal(0)
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] = ""
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3}|-[A-Z]{2})?$")] = "en"
    """Of the words in it (BCP 47, as in `en` or `zh-Hant`): direction, figures and our own words follow it."""


PdfRequest = Annotated[Report | Table, Field(discriminator="kind")]


class AskedPdf(RootModel[PdfRequest], frozen=True):
    """What a caller may choose."""


class GeneratePdf(Payload):
    owner: str
    asked: PdfRequest


def authorize(principal: Principal, asked: AskedPdf) -> GeneratePdf:
    """Whose it is comes from the credentials; whether the document is theirs the job looks up (case 31)."""
    return GeneratePdf(owner=principal.id, asked=asked.root)


CONTRACT: Final = Contract(
    name="generate_pdf",
    payload=GeneratePdf,
    timeout=120,
    deadline=100,  # typesetting gets 60 at most; the rest is a cold worker's start and the upload
    tries=5,
    backoff=Backoff(first=10, factor=5, cap=1800),
    max_age=timedelta(days=3),
    flow_control=FlowControl(parallelism=4),
    public=PublicFace(AskedPdf, authorize),
)
