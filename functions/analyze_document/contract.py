"""What an analysis is asked for with, and how patiently it is tried."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import BaseModel, Field

from shared.contract import Backoff, Contract, FlowControl, Payload, Principal, PublicFace


class AskedAnalysis(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    """What a caller may choose."""

    document: Annotated[str, Field(min_length=1, max_length=100)]


class AnalyzeDocument(Payload):
    owner: str
    document: str
    upgrade: Annotated[int, Field(ge=0)] = 0
    """Which attempt this is to replace an analysis that was made without the model; 0: the one that was asked for."""


def authorize(principal: Principal, asked: AskedAnalysis) -> AnalyzeDocument:
    """Whose it is comes from the credentials; whether the document is theirs the job looks up (case 31)."""
    return AnalyzeDocument(owner=principal.id, document=asked.document)


CONTRACT: Final = Contract(
    name="analyze_document",
    payload=AnalyzeDocument,
    timeout=300,
    deadline=280,
    tries=8,
    backoff=Backoff(first=5, factor=3, cap=600),
    max_age=timedelta(days=3),
    flow_control=FlowControl(parallelism=4),
    public=PublicFace(AskedAnalysis, authorize, costly=True),
    editable=frozenset({"document"}),
)
