"""What the configuration accepts, refuses, and says about it."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import ValidationError

from infra.local.serverless import Addresses, read_service
from shared import config
from shared.errors import ConfigurationError
from shared.process import Process
from shared.settings import Settings
from shared.signing_keys import DEVELOPMENT_KEYS, DEVELOPMENT_TOKENS

ROOT = Path(__file__).parents[3]
STAGES = ("local", "dev", "staging", "prod")
GIVEN = dict.fromkeys(
    ("MONGODB_URI", "UPSTASH_REDIS_REST_URL", "QSTASH_URL", "RESEND_API_URL", "STORAGE_ENDPOINT"), "http://service"
)


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_what_is_missing_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "prod")
    with pytest.raises(ConfigurationError, match=r"^configuration: MONGODB_URI: Field required$"):
        config.load(config.MongoSettings)


def test_a_secret_never_appears_in_an_error_or_a_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "nowhere")
    monkeypatch.setenv("MONGODB_URI", "mongodb://user:hunter2@host")
    with pytest.raises(ConfigurationError) as caught:
        config.load(config.MongoSettings)
    assert "hunter2" not in str(caught.value)
    monkeypatch.setenv("STAGE", "dev")
    assert "hunter2" not in repr(config.load(config.MongoSettings))
    with pytest.raises(ValidationError) as refused:
        config.MongoSettings.model_validate({"stage": "dev", "mongodb_uri": ["hunter2"]})
    assert "hunter2" not in str(refused.value)


def test_what_is_given_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "dev")
    monkeypatch.setenv("MONGODB_URI", "mongodb://environment")
    assert config.load(config.MongoSettings, mongodb_uri="mongodb://given").mongodb_uri.get_secret_value() == (
        "mongodb://given"
    )


@pytest.mark.parametrize("value", sorted(DEVELOPMENT_TOKENS))
def test_a_publicly_known_token_is_refused_outside_the_local_stage(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """Case 32."""
    monkeypatch.setenv("QSTASH_URL", "https://qstash.upstash.io")
    monkeypatch.setenv("FAILURE_CALLBACK_URL", "https://x.example/")
    monkeypatch.setenv("QSTASH_TOKEN", value)
    monkeypatch.setenv("STAGE", "local")
    config.load(config.PublishSettings)
    monkeypatch.setenv("STAGE", "prod")
    with pytest.raises(ConfigurationError, match="QSTASH_TOKEN holds a publicly known development value"):
        config.load(config.PublishSettings)


@pytest.mark.parametrize("value", sorted(DEVELOPMENT_KEYS))
def test_a_publicly_known_signing_key_is_refused_outside_the_local_stage(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """Case 32."""
    monkeypatch.setenv("QSTASH_CURRENT_SIGNING_KEY", value)
    monkeypatch.setenv("QSTASH_NEXT_SIGNING_KEY", "sig_another_one_that_is_long_enough")
    monkeypatch.setenv("STAGE", "staging")
    with pytest.raises(ConfigurationError, match="QSTASH_CURRENT_SIGNING_KEY"):
        config.load(config.VerifySettings)


def test_one_delivery_url_for_all_functions_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that is signed for one function must not open another."""
    monkeypatch.setenv("STAGE", "prod")
    monkeypatch.setenv("QSTASH_CURRENT_SIGNING_KEY", "sig_one_that_is_long_enough_for_it")
    monkeypatch.setenv("QSTASH_NEXT_SIGNING_KEY", "sig_another_one_that_is_long_enough")
    monkeypatch.setenv("DELIVERY_URL", "https://jobs.example.com/")
    with pytest.raises(ConfigurationError, match="DELIVERY_URL must hold"):
        config.load(config.VerifySettings)
    monkeypatch.setenv("DELIVERY_URL", "https://jobs.example.com/{function}")
    assert Process("send_email").delivery_url == "https://jobs.example.com/send_email"


def test_settings_cannot_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "dev")
    part = config.load(config.Part)
    with pytest.raises(ValueError, match="frozen"):
        part.stage = "prod"  # type: ignore[misc]  # that it can't is the test


def test_lists_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "dev")
    monkeypatch.setenv("MAIL_OPERATORS", "a@example.com, b@example.com")
    assert config.load(config.AlertSettings).mail_operators == ("a@example.com", "b@example.com")


STORAGE = {
    "STORAGE_PROVIDER": "tigris",
    "STORAGE_ENDPOINT": "https://t3.storage.dev/",
    "STORAGE_BUCKET": "millrace-prod",
    "STORAGE_ACCESS_KEY_ID": "tid_of_our_own",
    "STORAGE_SECRET_ACCESS_KEY": "tsec_of_our_own",
}
AI = {"AI_PROVIDER": "bedrock", "AI_MODEL": "a-model", "AI_REGION": "eu-central-1", "AI_TOKENS_A_DAY": "1000"}


def given(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str], **other: str) -> None:
    for name, value in {"STAGE": "prod", **variables, **other}.items():
        monkeypatch.setenv(name, value)


def test_storage_is_one_bucket_of_one_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, STORAGE)
    settings = config.load(config.StorageSettings)
    assert (settings.storage_endpoint, settings.storage_region) == ("https://t3.storage.dev", "auto")
    assert "tsec" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STORAGE_PROVIDER", "s3"),
        ("STORAGE_ENDPOINT", ""),
        ("STORAGE_ENDPOINT", "t3.storage.dev"),
        ("STORAGE_BUCKET", "with.dots"),
        ("STORAGE_BUCKET", "-"),
        ("STORAGE_ACCESS_KEY_ID", ""),
        ("STORAGE_ACCESS_KEY_ID", "local-storage-key"),
        ("STORAGE_SECRET_ACCESS_KEY", "local-storage-secret"),
    ],
)
def test_storage_that_could_not_work_or_is_publicly_known_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    given(monkeypatch, STORAGE, **{name: value})
    with pytest.raises(ConfigurationError, match=name):
        config.load(config.StorageSettings)


def test_upload_limits_come_by_type_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, {"UPLOAD_LIMITS": "application/pdf=100MB, Text/Plain = 5kB ,text/html=1GB,text/markdown=7,"})
    limits = config.load(config.UploadSettings).upload_limits
    assert limits == {
        "application/pdf": 100_000_000,
        "text/plain": 5_000,
        "text/html": 1_000_000_000,
        "text/markdown": 7,
    }
    with pytest.raises(TypeError):
        limits["text/css"] = 1  # type: ignore[index]  # that it can't is the test


@pytest.mark.parametrize(
    "limits", ["", ",", "application/pdf", "pdf=1MB", "application/pdf=", "a/b=0", "a/b=1TB", "a/b=-1", "*/*=1MB", "=1"]
)
def test_upload_limits_that_say_nothing_or_something_else_are_refused(
    monkeypatch: pytest.MonkeyPatch, limits: str
) -> None:
    given(monkeypatch, {"UPLOAD_LIMITS": limits})
    with pytest.raises(ConfigurationError, match="UPLOAD_LIMITS"):
        config.load(config.UploadSettings)


def test_bedrock_needs_a_region_and_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, AI)
    assert not config.load(config.AISettings).ai_key.get_secret_value()
    given(monkeypatch, AI, AI_REGION="")
    with pytest.raises(ConfigurationError, match="AI_REGION"):
        config.load(config.AISettings)


def test_another_server_needs_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, AI, AI_PROVIDER="openai", AI_KEY="k")
    with pytest.raises(ConfigurationError, match="AI_URL"):
        config.load(config.AISettings)
    given(monkeypatch, AI, AI_PROVIDER="openai", AI_URL="https://models.example/v1/")
    assert config.load(config.AISettings).ai_url == "https://models.example/v1"


@pytest.mark.parametrize("tokens", ["0", "-1", "many"])
def test_a_day_has_tokens(monkeypatch: pytest.MonkeyPatch, tokens: str) -> None:
    given(monkeypatch, AI, AI_TOKENS_A_DAY=tokens)
    with pytest.raises(ConfigurationError, match="AI_TOKENS_A_DAY"):
        config.load(config.AISettings)


def test_the_search_index_is_in_the_bucket_unless_a_postgresql_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, {})
    assert config.load(config.SearchSettings).search_engine == "tantivy"
    given(monkeypatch, {"SEARCH_ENGINE": "postgres"})
    with pytest.raises(ConfigurationError, match="SEARCH_DATABASE_URL is needed"):
        config.load(config.SearchSettings)
    given(monkeypatch, {"SEARCH_DATABASE_URL": "postgresql://user:hunter2@host/postgres"})
    settings = config.load(config.SearchSettings)
    assert settings.search_engine == "postgres"
    assert "hunter2" not in repr(settings)


def test_a_search_engine_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, {"SEARCH_ENGINE": "sqlite"})
    with pytest.raises(ConfigurationError, match="SEARCH_ENGINE"):
        config.load(config.SearchSettings)


@pytest.mark.parametrize("stage", STAGES)
def test_the_parts_of_every_stage_can_be_read(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    """As serverless.yml hands them out, to those who use them now and to those who will."""
    file = read_service(ROOT / "serverless.yml", stage=stage, env=GIVEN if stage == "local" else {})
    where = Addresses("http://api", {name: f"http://{name}/" for name in file.urls})
    api = next(spec for spec in file.specs(where) if spec.name == "api")
    given(monkeypatch, api.environment)
    assert config.load(config.StorageSettings).storage_bucket == f"millrace-{stage}"
    assert set(config.load(config.UploadSettings).upload_limits.values()) == {100_000_000}
    assert config.load(config.SearchSettings).search_engine == "tantivy"


def test_job_urls_come_by_job() -> None:
    environ = {"JOB_URL_SEND_EMAIL": "https://a/", "JOB_URL_EMPTY": "", "OTHER": "x"}
    assert config.job_urls(environ) == {"send_email": "https://a/"}


def test_no_stage_file_but_the_local_one_holds_a_development_value() -> None:
    for stage in STAGES[1:]:
        text = (ROOT / f"infra/stages/{stage}.yml").read_text("utf-8")
        assert not [value for value in config.LOCAL_ONLY if value in text]


def test_a_webhooks_url_is_called_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are put behind the others, so their last slash goes; without its own a webhook's is another address."""
    for name, value in {
        "STAGE": "prod",
        "ALERT_WEBHOOK_URL": "https://ops.example/hooks/",
        "ALERT_WEBHOOK_SECRET": "whsec_x",
        "RESEND_API_URL": "https://api.example/",
        "RESEND_API_KEY": "re_x",
        "MAIL_FROM": "mill@race.dev",
    }.items():
        monkeypatch.setenv(name, value)
    assert config.load(config.AlertWebhookSettings).alert_webhook_url == "https://ops.example/hooks/"
    assert config.load(config.MailSettings).resend_api_url == "https://api.example"
