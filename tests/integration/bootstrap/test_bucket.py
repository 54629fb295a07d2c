"""The bucket's settings on a real S3 server: what differs is told and mended, and its objects are left alone."""

import pytest

from infra.bootstrap.bucket import BucketPart
from infra.bootstrap.model import Kind
from infra.bootstrap.parts import parts
from infra.commands.running import CommandProcess
from tests.integration.bootstrap.ground import Ground

EXPIRING = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "files/"}, "Expiration": {"Days": 1}}
HARMLESS = {
    "ID": "parts",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}
OPEN = {"AllowedOrigins": ["*"], "AllowedMethods": ["GET", "PUT", "DELETE"], "AllowedHeaders": ["*"]}


@pytest.fixture
def part(ground: Ground) -> BucketPart:
    (made,) = [part for part in parts(CommandProcess("local")) if isinstance(part, BucketPart)]
    return made


@pytest.fixture
async def made(ground: Ground, part: BucketPart) -> Ground:
    for change in await part.differences():
        await part.apply(change)
    ground.s3.put_object(Bucket=ground.bucket, Key="files/1", Body=b"kept")
    return ground


async def test_what_differs_is_told_and_mended(made: Ground, part: BucketPart) -> None:
    assert await part.differences() == []
    made.s3.put_bucket_acl(Bucket=made.bucket, ACL="public-read")
    made.s3.put_bucket_cors(Bucket=made.bucket, CORSConfiguration={"CORSRules": [OPEN]})
    assert made.anybody_lists()
    changes = await part.differences()
    assert [change.text for change in changes] == [
        "access changed: public → private",
        "CORS changed: *: GET PUT DELETE → https://a.example https://b.example: GET HEAD PUT",
    ]
    for change in changes:
        await part.apply(change)
    assert await part.differences() == []
    assert not made.anybody_lists()
    assert made.s3.get_object(Bucket=made.bucket, Key="files/1")["Body"].read() == b"kept"


async def test_a_rule_that_would_delete_objects_is_shown_and_goes_when_it_is_asked_to(
    made: Ground, part: BucketPart
) -> None:
    made.s3.put_bucket_lifecycle_configuration(
        Bucket=made.bucket, LifecycleConfiguration={"Rules": [EXPIRING, HARMLESS]}
    )
    (change,) = await part.differences()
    assert (change.kind, change.was) == (Kind.EXTRA, "deletes or moves objects: old")
    await part.apply(change)
    assert await part.differences() == []
    (left,) = made.s3.get_bucket_lifecycle_configuration(Bucket=made.bucket)["Rules"]
    assert left["ID"] == "parts"


async def test_no_origin_means_no_rule(made: Ground, part: BucketPart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "")
    (change,) = await part.differences()
    assert (change.kind, change.what) == (Kind.GONE, "CORS")
    await part.apply(change)
    assert await part.differences() == []


async def test_of_a_store_without_such_settings_only_the_bucket_is_asked_for(
    ground: Ground, part: BucketPart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_PROVIDER", "supabase")
    (change,) = await part.differences()
    assert change.text == f"bucket {ground.bucket} added: private"
    await part.apply(change)
    assert await part.differences() == []


async def test_a_profile_of_aws_that_is_not_there_keeps_nobody_from_the_bucket(
    made: Ground, part: BucketPart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobodys")
    assert await part.differences() == []
