"""The OpenAPI document is true: Schemathesis calls what it describes, as an operator and as nobody."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS
