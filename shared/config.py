"""What the bundle is told from outside: read once, then immutable.

Each function loads only the parts that it uses (`MongoSettings`, `PublishSettings`, ..) and so needs only their
variables. All of them together are in shared/settings.py.

They are plain models that `load` fills, by name, from the environment. pydantic-settings does that too, and its import,
with command lines, .env files and other clouds in it, would be a tenth of all that a job imports (docs/benchmarks.md).
"""

import os
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PositiveInt,
    SecretStr,
    ValidationError,
    model_validator,
)

from shared.errors import ConfigurationError
from shared.signing_keys import DEVELOPMENT_KEYS, DEVELOPMENT_TOKENS

Stage = Literal["local", "dev", "staging", "prod"]

LOCAL_ONLY: Final = (
    DEVELOPMENT_KEYS
    | DEVELOPMENT_TOKENS
    | {"local-redis-token", "re_local_key", "local-token-key-not-for-any-other-stage"}
    | {"local-storage-key", "local-storage-secret", "local-ai-key"}
    | {"whsec_bG9jYWwtd2ViaG9vay1zZWNyZXQtbm90LWZvci1vdGhlcnM="}
)
"""Publicly known values of QStash's development server and of our local stack: refused in every other stage."""

JOB_URL_PREFIX: Final = "JOB_URL_"

_SIZE: Final = re.compile(r"(\d{1,12}) ?([kMG]?B|)", re.IGNORECASE)
_UNITS: Final = {"": 1, "B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3}
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*", re.IGNORECASE)


def _http_url(url: str) -> str:
    if url and not url.startswith(("http://", "https://")):
        raise ValueError("must be an http(s) URL")
    return url


def _base(url: str) -> str:
    """What paths are put behind."""
    return _http_url(url).rstrip("/")


def _listed(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _limits(value: object) -> object:
    """`type=size,type=size`, the sizes in bytes, kB, MB or GB (thousands, as people count)."""
    if not isinstance(value, str):
        return value
    limits: dict[str, int] = {}
    for part in filter(None, map(str.strip, value.split(","))):
        kind, _, size = part.partition("=")
        found = _SIZE.fullmatch(size.strip())
        if not _MEDIA_TYPE.fullmatch(kind.strip()) or found is None or int(found[1]) == 0:
            raise ValueError("must be type/subtype=size, separated by commas")
        limits[kind.strip().lower()] = int(found[1]) * _UNITS[found[2].upper()]
    return limits


Url = Annotated[str, AfterValidator(_base)]
WholeUrl = Annotated[str, AfterValidator(_http_url)]
"""Called as it stands: with a slash at its end it is another address."""


class Part(BaseModel, frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True):
    """A group of variables; every part knows the stage, because the stage decides what is tolerated."""

    stage: Stage
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @model_validator(mode="after")
    def _no_development_values(self) -> "Part":
        if self.stage == "local":
            return self
        for name in type(self).model_fields:
            value = getattr(self, name)
            plain = value.get_secret_value() if isinstance(value, SecretStr) else value
            if isinstance(plain, str) and any(known in plain for known in LOCAL_ONLY):
                raise ValueError(f"{name.upper()} holds a publicly known development value")
        return self


class MongoSettings(Part):
    mongodb_uri: SecretStr
    mongodb_database: str = "millrace"


class RedisSettings(Part):
    upstash_redis_rest_url: Url
    upstash_redis_rest_token: SecretStr


class VerifySettings(Part):
    """What it takes to believe a delivery."""

    qstash_current_signing_key: SecretStr
    qstash_next_signing_key: SecretStr
    delivery_url: str = ""
    """The exact public URL that QStash calls, where it is not the function's own; `{function}` stands for its name."""

    @model_validator(mode="after")
    def _one_url_a_function(self) -> Self:
        """One URL for all would let a message that is signed for one function open another."""
        if self.stage != "local" and self.delivery_url and "{function}" not in self.delivery_url:
            raise ValueError("DELIVERY_URL must hold {function}")
        return self


class PublishSettings(Part):
    """What it takes to hand a run to QStash."""

    qstash_url: Url
    qstash_token: SecretStr
    qstash_max_retries: int = 3
    """The most retries that the account's plan allows a message."""
    failure_callback_url: str


class MailSettings(Part):
    resend_api_key: SecretStr
    resend_api_url: Url = "https://api.resend.com"
    mail_from: str


class AlertSettings(Part):
    mail_operators: Annotated[tuple[str, ...], BeforeValidator(_listed)]


class AlertWebhookSettings(Part):
    """Where operators are told of changes besides by mail; nowhere, where the URL is empty."""

    alert_webhook_url: WholeUrl = ""
    alert_webhook_secret: SecretStr = SecretStr("")
    """Signs it: `whsec_` and base64, as in Standard Webhooks."""

    @model_validator(mode="after")
    def _signed(self) -> Self:
        if self.alert_webhook_url and not self.alert_webhook_secret.get_secret_value():
            raise ValueError("ALERT_WEBHOOK_SECRET is needed where ALERT_WEBHOOK_URL is set")
        return self


class MailEventSettings(Part):
    resend_webhook_secret: SecretStr
    """`whsec_..`: Resend signs its webhooks with it. Two while it is rotated: the current, a comma, the one before."""


class HousekeepingSettings(Part):
    """How careful the housekeeping is."""

    cleanup_most_share: Annotated[float, Field(gt=0, le=1)] = 0.2
    """The part of the bucket's objects that may go in one turn; more is refused, and told."""
    time_scale: Annotated[float, Field(ge=1)] = 1
    """Divides grace periods and windows, so that a day of housekeeping can be watched: in the local stage alone."""

    @model_validator(mode="after")
    def _real_time(self) -> Self:
        if self.stage != "local" and self.time_scale != 1:
            raise ValueError("TIME_SCALE is for the local stage")
        return self


class TokenSettings(Part):
    """Keys that sign-in tokens are derived with: `kid:secret,kid:secret`, the first one current."""

    token_keys: SecretStr


class AppSettings(Part):
    app_url: Url
    """The public base of the API; links are built from it alone, never from a Host header."""
    cors_origins: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()


class StorageSettings(Part):
    """One bucket at Tigris or Supabase Storage; nothing in it is public."""

    storage_provider: Literal["tigris", "supabase"]
    storage_endpoint: Annotated[Url, Field(min_length=1)]
    storage_region: str = "auto"
    """`auto` at Tigris, the project's region at Supabase: signatures hold it."""
    storage_bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")]
    """Without dots: a certificate covers one word before its domain."""
    storage_access_key_id: Annotated[str, Field(min_length=1)]
    storage_secret_access_key: SecretStr


class UploadSettings(Part):
    upload_limits: Annotated[
        Mapping[str, int], BeforeValidator(_limits), Field(min_length=1), AfterValidator(MappingProxyType)
    ]
    """The most bytes of an upload by its content type, in lower case; a type that is not listed is refused."""


class AISettings(Part):
    """Which model analyses documents, and how much of it a person may have."""

    ai_provider: Literal["bedrock", "openai"]
    """Bedrock's Converse, or any server that speaks OpenAI's chat completions."""
    ai_model: Annotated[str, Field(min_length=1)]
    ai_url: Url = ""
    """Empty for Bedrock's own endpoint in `ai_region`."""
    ai_region: str = ""
    ai_key: SecretStr = SecretStr("")
    """Empty for Bedrock: the function's role speaks for it."""
    ai_tokens_a_day: PositiveInt
    """A user's."""

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.ai_provider == "openai" and not self.ai_url:
            raise ValueError("AI_URL is needed for a server that speaks OpenAI's protocol")
        if self.ai_provider == "bedrock" and not self.ai_region:
            raise ValueError("AI_REGION is needed for Bedrock")
        return self


class SearchSettings(Part):
    """Where the search index lives."""

    search_engine: Literal["tantivy", "postgres"] = "tantivy"
    """Tantivy's files in the bucket, with a copy on the Lambda's disk, or PostgreSQL's own full-text search."""
    search_database_url: SecretStr = SecretStr("")
    """The PostgreSQL, for example Supabase's: `postgresql://user:password@host/database`."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.search_engine == "postgres" and not self.search_database_url.get_secret_value():
            raise ValueError("SEARCH_DATABASE_URL is needed where SEARCH_ENGINE is postgres")
        return self


S = TypeVar("S", bound=Part)


def load(part: type[S], **given: Any) -> S:
    """Read one part from the environment, or say in one line what is missing or wrong. `given` goes before it."""
    environ = {name: os.environ[name.upper()] for name in part.model_fields if name.upper() in os.environ}
    try:
        return part.model_validate({**environ, **given})
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, e['loc'])).upper() or part.__name__}: {e['msg']}" for e in error.errors()
        )
        raise ConfigurationError(f"configuration: {faults}") from None


def job_urls(environ: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """The URLs of the jobs that this function may start, by the jobs' names."""
    return {
        name.removeprefix(JOB_URL_PREFIX).lower(): url
        for name, url in environ.items()
        if name.startswith(JOB_URL_PREFIX) and url
    }
