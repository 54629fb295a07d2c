"""A difference, and the repository's files as they are compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, get_args

from dotenv import dotenv_values
from pydantic import SecretStr

from infra.local.serverless import Service, load_document, read_service
from shared.config import JOB_URL_PREFIX, Stage
from shared.settings import Settings

STAGES: Final[tuple[Stage, ...]] = get_args(Stage)

VARIABLES: Final = frozenset(name.upper() for name in Settings.model_fields)
SECRETS: Final = frozenset(
    name.upper() for name, field in Settings.model_fields.items() if field.annotation is SecretStr
)
MADE: Final = frozenset({"STAGE", "FAILURE_CALLBACK_URL"})
"""By serverless.yml itself, so that no stage's file has them."""
DEPLOYMENT: Final = frozenset(
    {
        "REGION",
        "ARCHITECTURE",
        "LOG_RETENTION_DAYS",
        "SECRETS_VERSION",
        "POWERTOOLS_TRACE_DISABLED",
        "ALARM_EMAIL",
    }
)
"""Keys of a stage's file that are for AWS and Powertools, and no part of the settings."""
JOB_URLS: Final = f"{JOB_URL_PREFIX}<JOB>"
"""How the page speaks of the addresses of jobs, one variable each."""


@dataclass(frozen=True, slots=True)
class Difference:
    where: str
    """A file, and what in it."""
    what: str


class Repository:
    """One working tree, each file read when it is needed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def stages(self) -> Mapping[str, Mapping[str, Any]]:
        return {stage: load_document(self.root / f"infra/stages/{stage}.yml") for stage in STAGES}

    @cached_property
    def service(self) -> Service:
        """As it is deployed: the functions' environments are the same in every stage but for their values."""
        return read_service(self.root / "serverless.yml", stage="prod", env={})

    @cached_property
    def example(self) -> frozenset[str]:
        return frozenset(dotenv_values(self.root / ".env.example", interpolate=False))

    @cached_property
    def page(self) -> str:
        return (self.root / "docs/configuration.md").read_text("utf-8")
