"""docs/configuration.md lists the variables that the code knows, no more and no fewer, and which of them are secret."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from infra.local.serverless import load_document
from shared.config import JOB_URL_PREFIX, Settings

ROOT: Final = Path(__file__).parents[3]
PAGE: Final = ROOT / "docs" / "configuration.md"
JOB_URLS: Final = f"{JOB_URL_PREFIX}<JOB>"
STAGES: Final = ("local", "dev", "staging", "prod")


@cache
def listed() -> Mapping[str, bool]:
    """Whether each variable of the page's first table is said to be secret."""
    rows = re.findall(r"^\| `([A-Z_<>]+)` \| (yes|no) \| [^|]+ \| [^|]*\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return {name: secret == "yes" for name, secret in rows}


def test_the_page_lists_every_variable_and_no_other() -> None:
    assert set(listed()) == {name.upper() for name in Settings.model_fields} | {JOB_URLS}


def test_the_page_calls_secret_what_the_code_treats_as_secret() -> None:
    secret = {name.upper() for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    assert {name for name, is_secret in listed().items() if is_secret} == secret


def test_the_page_explains_every_key_of_a_stage_file() -> None:
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE))
    for stage in STAGES:
        assert set(load_document(ROOT / f"infra/stages/{stage}.yml")) <= explained
