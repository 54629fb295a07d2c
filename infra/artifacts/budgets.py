"""How large a function's artifact may be. An upgrade or an import that breaks a budget is a decision, not an accident.

AWS's own limit is 250 MB unzipped; zipped, 50 MB where a zip is uploaded by hand, and none by S3, as a deploy does
(https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). A cold start pays for the zip's bytes, which
are fetched and unpacked before anything of ours runs.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from infra.artifacts.errors import CannotBuild

MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Budget:
    """In megabytes."""

    zipped: float
    unzipped: float
    why: str


BUDGETS: Final[Mapping[str, Budget]] = {
    "api": Budget(26, 80, "FastAPI, both search engines, boto3 with the description of S3"),
    "send_email": Budget(12, 33, "Resend's SDK, and what that requires"),
    "check_document": Budget(14, 38, "boto3 with the description of S3"),
    "analyze_document": Budget(25, 64, "PDFium and lxml, which read files, and boto3"),
    "generate_pdf": Budget(77, 174, "typst (82 MB), the fonts of all scripts (39 MB), boto3"),
    "sync_search": Budget(25, 76, "both search engines, boto3"),
    "cleanup_blobs": Budget(25, 76, "both search engines, boto3"),
    "check_health": Budget(25, 76, "it asks every service by the client that the others use"),
    "send_webhook": Budget(10.5, 29, "MongoDB's client, pydantic, what verifies and publishes: what every job carries"),
    "erase_user": Budget(14, 38, "boto3 with the description of S3"),
    "email_events": Budget(8.5, 23.5, "the least that there is: it publishes nothing"),
    "relay_jobs": Budget(10.5, 29, "what every job carries"),
    "record_failure": Budget(10.5, 29, "what every job carries"),
}
DEFAULT: Final = Budget(14, 38, "what a new function has until it is given its own: as much as with boto3")


def demand_within(name: str, zipped: int, sizes: Mapping[str, int]) -> None:
    """Of each file, by its name in the artifact, in bytes. Raises CannotBuild with the largest parts."""
    budget = BUDGETS.get(name, DEFAULT)
    for what, size, most in (("zipped", zipped, budget.zipped), ("unzipped", sum(sizes.values()), budget.unzipped)):
        if size > most * MB:
            raise CannotBuild(
                f"{name} is {in_mb(size)} MB {what}, and its budget is {most:g} MB (infra/artifacts/budgets.py); "
                f"its largest parts, unzipped: {', '.join(_largest(sizes))}"
            )


def in_mb(size: int) -> str:
    """As people read it: 12.3."""
    return f"{size / MB:.1f}"


def _largest(sizes: Mapping[str, int]) -> list[str]:
    parts = Counter[str]()
    for name, size in sizes.items():
        parts[name.partition("/")[0]] += size
    return [f"{part} {in_mb(size)} MB" for part, size in parts.most_common(5)]
