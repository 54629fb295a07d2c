"""Reads `serverless.yml` as the local stack needs it: the functions, and what AWS would give each.

It knows the part of Serverless Framework's format that this bundle uses; whatever else it meets where it
looks is an error that names the place, never something passed over.
"""

from infra.local.serverless.document import ServerlessError, load_document
from infra.local.serverless.schedule import Schedule
from infra.local.serverless.service import Addresses, FunctionSpec, Service, logical_url_id, read_service

__all__ = [
    "Addresses",
    "FunctionSpec",
    "Schedule",
    "ServerlessError",
    "Service",
    "load_document",
    "logical_url_id",
    "read_service",
]
