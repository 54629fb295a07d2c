"""What holds for every function of serverless.yml, job or not: who calls it, and what it knows."""

from pathlib import Path
from typing import Final

import pytest

from tests.unit.house.completeness import API, Deployment, deployment

ROOT: Final = Path(__file__).parents[3]
FUNCTIONS: Final = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))
QSTASH_SIGNS: Final = {"QSTASH_CURRENT_SIGNING_KEY", "QSTASH_NEXT_SIGNING_KEY", "DELIVERY_URL"}
PUBLISHES: Final = {"QSTASH_URL", "QSTASH_TOKEN", "FAILURE_CALLBACK_URL"}
EMAIL_EVENTS: Final = "email_events"


@pytest.fixture(scope="module")
def deployed() -> Deployment:
    return deployment(ROOT)


def test_every_folder_with_a_handler_has_an_entry_and_every_entry_a_folder(deployed: Deployment) -> None:
    assert sorted(deployed.specs) == FUNCTIONS


@pytest.mark.parametrize("function", FUNCTIONS)
def test_it_is_called_by_qstash_or_through_the_http_api_and_verifies_only_what_calls_it(
    deployed: Deployment, function: str
) -> None:
    """A Function URL is QStash's way in; whatever stands behind the HTTP API need not know how QStash signs."""
    spec = deployed.specs[function]
    assert spec.has_url != bool(spec.http_routes)
    assert QSTASH_SIGNS & spec.environment.keys() == (QSTASH_SIGNS if spec.has_url else set())


@pytest.mark.parametrize("function", sorted({*FUNCTIONS} - {API}))
def test_no_flood_of_it_can_take_the_whole_account(deployed: Deployment, function: str) -> None:
    """The API takes what the others leave (case 34)."""
    assert deployed.specs[function].reserved_concurrency is not None


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_may_start_a_job_can_publish(deployed: Deployment, function: str) -> None:
    environment = deployed.specs[function].environment
    starts = {name for name in environment if name.startswith("JOB_URL_")}
    assert not starts or environment.keys() >= PUBLISHES


def test_the_webhooks_of_resend_come_by_one_address_to_a_function_that_knows_the_store_and_their_secret(
    deployed: Deployment,
) -> None:
    """It is reached by anybody: what it could give away is the secret that it verifies with, which nobody else has."""
    spec = deployed.specs[EMAIL_EVENTS]
    assert spec.http_routes == ("POST /webhooks/resend",)
    shared = {"STAGE", "LOG_LEVEL", "POWERTOOLS_TRACE_DISABLED"}
    assert spec.environment.keys() - shared == {"MONGODB_URI", "MONGODB_DATABASE", "RESEND_WEBHOOK_SECRET"}
    knowing = [name for name, one in deployed.specs.items() if "RESEND_WEBHOOK_SECRET" in one.environment]
    assert knowing == [EMAIL_EVENTS]
