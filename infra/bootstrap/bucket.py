"""The bucket and its settings: private, open to the signed requests of our pages, and without rules that delete.

    setting     declared                                                  where it differs
    bucket      there                                                     made, private
    access      private: no grant to everybody                            made private
    CORS        GET, HEAD and PUT from CORS_ORIGINS; none without any     replaced: it is one document
    lifecycle   no rule that deletes or moves objects                     shown

What goes is decided by records (functions/cleanup_blobs, which also ends the multipart uploads that were left behind).
Supabase Storage has but the bucket itself: what S3's calls would set there it has no calls for, and it answers every
origin. A key for one bucket alone, as the functions have, may not make it: then it is made by hand, or by another key.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from infra.bootstrap.cors import alike, allowing
from infra.bootstrap.model import Change, Kind, NotDone
from shared.config import AppSettings, StorageSettings, load
from shared.storage.calls import Calls
from shared.storage.providers import PROVIDERS

T = TypeVar("T")

LIMIT: Final = 30.0
"""Seconds for a look or a change, which is some calls."""
EVERYBODY: Final = "http://acs.amazonaws.com/groups/global/"
"""Begins the names of the groups that S3 knows: all users, and all who have an account anywhere."""
UNSET: Final = frozenset({"NoSuchCORSConfiguration", "NoSuchLifecycleConfiguration"})
NOT_SERVED: Final = frozenset({"NotImplemented", "MethodNotAllowed"})
"""What a store says of a setting that it does not have."""
OURS: Final = "BucketAlreadyOwnedByYou"
"""Of a bucket that another made meanwhile."""


class PagesSettings(AppSettings):
    app_url: str = ""
    """No link is made."""


@dataclass(frozen=True, slots=True)
class Make:
    """The bucket."""


@dataclass(frozen=True, slots=True)
class Close:
    """It to the public."""


@dataclass(frozen=True, slots=True)
class Cors:
    rules: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Keep:
    """These lifecycle rules, and no others."""

    rules: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class BucketPart:
    """`calls` are made anew for each use."""

    calls: Callable[[StorageSettings], Calls]
    name: str = "bucket"

    async def differences(self) -> Sequence[Change]:
        settings, origins = load(StorageSettings), load(PagesSettings).cors_origins
        return await self._called(settings, lambda s3: _differences(s3, settings, origins))

    async def apply(self, change: Change) -> None:
        settings = load(StorageSettings)
        await self._called(settings, lambda s3: _apply(s3, settings.storage_bucket, change.plan))

    async def _called(self, settings: StorageSettings, work: Callable[[Any], T]) -> T:
        calls, bucket = self.calls(settings), settings.storage_bucket
        try:
            return await calls(bucket, lambda s3: _explained(bucket, lambda: work(s3)), limit=LIMIT)
        finally:
            calls.close()


def _differences(s3: Any, settings: StorageSettings, origins: Sequence[str]) -> Sequence[Change]:
    bucket, has_settings = settings.storage_bucket, PROVIDERS[settings.storage_provider].bucket_settings
    there = _there(s3, bucket)
    changes = [] if there else [Change(Kind.ADDED, f"bucket {bucket}", to="private", plan=Make())]
    if not has_settings:
        return changes
    wanted = allowing(origins)
    if not there:
        return [*changes, *([Change(Kind.ADDED, "CORS", to=_origins(wanted), plan=Cors(wanted))] if wanted else ())]
    return [*changes, *_access(s3, bucket), *_cors(s3, bucket, wanted), *_lifecycle(s3, bucket)]


def _access(s3: Any, bucket: str) -> list[Change]:
    grants = _asked(lambda: s3.get_bucket_acl(Bucket=bucket)).get("Grants", ())
    if not any(str(grant.get("Grantee", {}).get("URI", "")).startswith(EVERYBODY) for grant in grants):
        return []
    return [Change(Kind.CHANGED, "access", was="public", to="private", plan=Close())]


def _cors(s3: Any, bucket: str, wanted: Sequence[Mapping[str, Any]]) -> list[Change]:
    found = _asked(lambda: s3.get_bucket_cors(Bucket=bucket)).get("CORSRules", ())
    if alike(found, wanted):
        return []
    kind = Kind.CHANGED if found and wanted else Kind.ADDED if wanted else Kind.GONE
    return [Change(kind, "CORS", _origins(found), _origins(wanted), Cors(wanted))]


def _lifecycle(s3: Any, bucket: str) -> list[Change]:
    rules = _asked(lambda: s3.get_bucket_lifecycle_configuration(Bucket=bucket)).get("Rules", ())
    acting = [
        rule for rule in rules if rule.get("Status") == "Enabled" and ("Expiration" in rule or "Transitions" in rule)
    ]
    if not acting:
        return []
    kept = [rule for rule in rules if rule not in acting]
    names = ", ".join(str(rule.get("ID") or "without a name") for rule in acting)
    return [Change(Kind.EXTRA, "lifecycle", was=f"deletes or moves objects: {names}", plan=Keep(kept))]


def _apply(s3: Any, bucket: str, plan: object) -> None:
    match plan:
        case Make():
            _asked(lambda: s3.create_bucket(Bucket=bucket), but={OURS})
        case Close():
            s3.put_bucket_acl(Bucket=bucket, ACL="private")
        case Cors([]):
            s3.delete_bucket_cors(Bucket=bucket)
        case Cors(rules):
            s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": list(rules)})
        case Keep([]):
            s3.delete_bucket_lifecycle(Bucket=bucket)
        case Keep(rules):
            s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": list(rules)})


def _there(s3: Any, bucket: str) -> bool:
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # it ships no types

    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if _status(error) == 404:
            return False
        raise
    return True


def _asked(call: Callable[[], Mapping[str, Any]], *, but: Collection[str] = UNSET | NOT_SERVED) -> Mapping[str, Any]:
    """Empty where the store says one of `but`: that it is not set, or that it has no such setting."""
    from botocore.exceptions import ClientError

    try:
        return call()
    except ClientError as error:
        if _code(error) in but:
            return {}
        raise


def _explained(bucket: str, work: Callable[[], T]) -> T:
    """What time can mend is left to be told as everywhere (shared/storage/faults.py). Raises NotDone."""
    from botocore.exceptions import ClientError

    try:
        return work()
    except ClientError as error:
        status = _status(error)
        if status in {401, 403}:
            raise NotDone(
                f"storage: the key may not do {error.operation_name} on {bucket}, or it is somebody else's: "
                "do it by hand, or give a key that may in the environment"
            ) from error
        if status in {408, 429} or status >= 500:
            raise
        raise NotDone(f"storage refused {error.operation_name}: {_code(error)}") from error


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: Any) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _origins(rules: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(
        f"{' '.join(rule.get('AllowedOrigins', ()))}: {' '.join(rule.get('AllowedMethods', ()))}" for rule in rules
    )
