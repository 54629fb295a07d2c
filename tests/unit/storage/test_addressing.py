"""Where a bucket is asked for: by provider and endpoint, never by stage."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from shared.config import StorageSettings
from shared.storage.providers import PROVIDERS, addressing
from tests.support.open_storage import open_storage


@pytest.mark.parametrize(
    ("provider", "endpoint", "style"),
    [
        ("tigris", "https://t3.storage.dev", "virtual"),
        ("tigris", "http://127.0.0.1:8333", "path"),
        ("tigris", "http://[::1]:8333", "path"),
        ("tigris", "http://localhost:8333", "path"),
        ("supabase", "https://abc.storage.supabase.co/storage/v1/s3", "path"),
        ("supabase", "http://127.0.0.1:8333", "path"),
    ],
)
def test_a_host_below_an_address_is_asked_for_where_there_can_be_one(provider: str, endpoint: str, style: str) -> None:
    assert addressing(PROVIDERS[provider], endpoint) == style


@pytest.mark.parametrize(
    ("provider", "endpoint", "host", "path"),
    [
        ("tigris", "https://t3.storage.dev", "desk.t3.storage.dev", "/reports/1.pdf"),
        (
            "supabase",
            "https://abc.storage.supabase.co/storage/v1/s3",
            "abc.storage.supabase.co",
            "/storage/v1/s3/desk/reports/1.pdf",
        ),
        ("tigris", "http://127.0.0.1:8333", "127.0.0.1", "/desk/reports/1.pdf"),
    ],
)
def test_a_signed_url_is_of_the_bucket(provider: str, endpoint: str, host: str, path: str) -> None:
    settings = StorageSettings.model_validate(
        {
            "stage": "prod",
            "storage_provider": provider,
            "storage_endpoint": endpoint,
            "storage_bucket": "desk",
            "storage_region": "eu-central-1" if provider == "supabase" else "auto",
            "storage_access_key_id": "a-key",
            "storage_secret_access_key": "a-secret",
        }
    )
    with open_storage(settings) as storage:
        url = storage.presign_get(
            "reports/1.pdf", disposition="attachment", content_type="application/pdf", expires=timedelta(minutes=5)
        )
    parts = urlsplit(url)
    assert (parts.hostname, parts.path) == (host, path)
    assert f"%2F{settings.storage_region}%2Fs3%2Faws4_request" in url
