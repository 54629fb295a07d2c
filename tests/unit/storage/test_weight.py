"""Whoever may store, and does not yet, pays nothing for boto3."""

from tests.unit.house.shipped import imported_by


def test_the_package_imports_no_boto3() -> None:
    imported = imported_by("shared.storage")
    assert "shared.storage.storage" in imported
    assert not {name for name in imported if name.partition(".")[0] in {"boto3", "botocore", "s3transfer", "urllib3"}}
