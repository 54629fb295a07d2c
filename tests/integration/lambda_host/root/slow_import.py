"""A handler whose module takes a while to import: the seconds in IMPORT_SECONDS."""

import os
import time
from typing import Any

time.sleep(float(os.environ["IMPORT_SECONDS"]))


def handler(event: dict[str, Any], context: Any) -> str:
    return "imported"
