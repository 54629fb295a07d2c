"""Where a stage's functions and its API are: given by the environment, else asked of AWS, which made them up."""

import asyncio
from collections.abc import Mapping

from infra import deployed
from infra.deployed import NotDeployed, given_url
from infra.doctor.model import NotTried
from infra.doctor.patient import Patient
from shared.errors import DependencyDown


async def function_urls(patient: Patient) -> Mapping[str, str | None]:
    """What QStash must call, by function; None for one that AWS does not have. Raises NotTried."""
    given = {name: given_url(name, patient.environ) for name in patient.service.urls}
    unknown = [name for name, url in given.items() if not url]
    found = await asyncio.gather(*(_asked(patient, name) for name in unknown))
    return {**given, **dict(zip(unknown, found, strict=True))}


async def api_url(patient: Patient) -> str:
    """Without a slash at its end. Raises NotTried."""
    if given := patient.environ.get("APP_URL"):
        return given.rstrip("/")
    client = await patient.aws.client("cloudformation")
    try:
        return await asyncio.to_thread(deployed.api_url, patient.service, client=client)
    except (NotDeployed, DependencyDown) as error:
        raise NotTried(error.message) from error


async def _asked(patient: Patient, name: str) -> str | None:
    client = await patient.aws.client("lambda")
    try:
        return (await asyncio.to_thread(deployed.function_urls, patient.service, [name], client=client))[name]
    except NotDeployed:
        return None
    except DependencyDown as error:
        raise NotTried(error.message) from error
