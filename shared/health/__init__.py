"""How the deployment is: judged by the turns of check_health, read by the API and the command line.

probes ──▶ looks ─┐
                  ├─▶ judging: parts, then the whole ──▶ records ──▶ GET /v1/health, python -m infra health
backlogs ──▶ ages ┘                                   └─▶ a change of the whole: one mail, one webhook
"""

from typing import Final

STORAGE_KEY: Final = "health/probe"
"""The one object in the bucket that no record names, and that stays: the probe's of object storage."""
