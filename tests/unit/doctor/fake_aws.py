"""AWS as boto3 tells it: real clients, whose calls are checked and answered by botocore's own Stubber."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3  # type: ignore[import-untyped]  # it ships no types
from botocore.exceptions import NoCredentialsError  # type: ignore[import-untyped]  # it ships no types
from botocore.stub import Stubber  # type: ignore[import-untyped]  # it ships no types

from infra.doctor.aws import Aws

REGION = "eu-central-1"


@dataclass
class FakeAws:
    """What is asked that nobody told of is an error of the test."""

    stubs: dict[str, Stubber] = field(default_factory=dict)

    def answers(self, service: str, call: str, answer: Mapping[str, Any], **asked: Any) -> None:
        self._stub(service).add_response(call, answer, asked or None)

    def refuses(self, service: str, call: str, code: str, **asked: Any) -> None:
        self._stub(service).add_client_error(call, code, expected_params=asked or None)

    def aws(self) -> Aws:
        def make(service: str, _: str) -> Any:
            return self._stub(service).client

        return Aws(REGION, make=make)

    def _stub(self, service: str) -> Stubber:
        if service not in self.stubs:
            client = boto3.client(service, REGION, aws_access_key_id="a", aws_secret_access_key="b")
            self.stubs[service] = Stubber(client)
            self.stubs[service].activate()
        return self.stubs[service]


class NobodyIsSignedIn:
    """A client of a machine without credentials."""

    def __getattr__(self, _: str) -> Any:
        def call(**_: Any) -> Any:
            raise NoCredentialsError

        return call
