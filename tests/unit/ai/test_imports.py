"""Whoever may ask a model, and does not yet, pays nothing for boto3, an HTTP client or Redis'."""

from tests.unit.house.shipped import imported_by

HEAVY = {"boto3", "botocore", "urllib3", "httpx", "upstash_redis", "stamina"}


def test_the_package_imports_none_of_its_clients() -> None:
    imported = imported_by("shared.ai")
    assert "shared.ai.model" in imported
    assert not {name for name in imported if name.partition(".")[0] in HEAVY}


def test_openai_needs_no_boto3_and_bedrock_no_httpx() -> None:
    assert "boto3" not in imported_by("shared.ai.openai")
    assert not imported_by("shared.ai.bedrock") & {"boto3", "httpx"}
