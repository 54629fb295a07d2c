"""Asks AWS, with the credentials that boto3 finds: those of the person, not of a function's role.

answer = await aws("lambda", "get_account_settings")

no credentials, or none that are valid     NotTried: nothing else is wrong for that
the credentials may not ask this           NotTried, with the name of the permission
there is no such thing                     AwsRefused, its code in `data`
no answer                                  DependencyDown
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, Final

from infra.deployed import client_of
from infra.doctor.model import NotTried
from shared.errors import DependencyDown, MillraceError

DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
UNKNOWN: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
)
SIGN_IN: Final = "AWS_PROFILE, or `aws configure`"


class AwsRefused(MillraceError):
    code = "refused_by_aws"


class Aws:
    """One region. In the `local` stage, which has no AWS, nobody is asked."""

    def __init__(self, region: str, *, local: bool = False, make: Callable[[str, str], Any] | None = None) -> None:
        self.region = region
        self._local = local
        self._make = make or client_of
        self._making = threading.Lock()
        self._clients: dict[str, Any] = {}

    async def client(self, service: str) -> Any:
        """boto3's, which threads may share; made once."""
        if self._local:
            raise NotTried("the local stage is on this machine")
        return await asyncio.to_thread(_told, service, lambda: self._made(service))

    async def __call__(self, service: str, call: str, **given: Any) -> Any:
        client = await self.client(service)
        return await asyncio.to_thread(_told, f"{service}:{_action(call)}", lambda: getattr(client, call)(**given))

    def _made(self, service: str) -> Any:
        with self._making:  # boto3 may not make two at once
            if service not in self._clients:
                self._clients[service] = self._make(service, self.region)
            return self._clients[service]


def _told(action: str, work: Callable[[], Any]) -> Any:
    """A client that can't be made, for want of a profile or of half of a key, is told as a call that can't."""
    from botocore import exceptions  # type: ignore[import-untyped]  # it ships no types

    unsigned = (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.CredentialRetrievalError,
        exceptions.ProfileNotFound,
        exceptions.SSOError,
    )
    try:
        return work()
    except exceptions.ClientError as error:
        raise _meaning(action, error.response.get("Error", {})) from error
    except unsigned as error:
        raise NotTried(f"no AWS credentials ({type(error).__name__})", SIGN_IN) from error
    except exceptions.BotoCoreError as error:
        raise DependencyDown("aws", type(error).__name__) from error


def _meaning(action: str, told: Any) -> Exception:
    code = str(told.get("Code", ""))
    if code in DENIED:
        return NotTried(f"your AWS credentials may not {action}", f"a role or a policy that allows {action}")
    if code in UNKNOWN:
        return NotTried(f"your AWS credentials are not valid ({code})", SIGN_IN)
    return AwsRefused(f"aws: {code} for {action}", code=code)


def _action(call: str) -> str:
    """`get_account_settings` as policies spell it: GetAccountSettings."""
    return "".join(part.capitalize() for part in call.split("_"))
