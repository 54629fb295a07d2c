"""What of a distribution is not carried, and why. All of it was tried: the tests import what is left, and use it.

Patterns are matched against paths as they lie in an artifact; `*` matches slashes too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    patterns: Sequence[str]
    why: str
    but: Sequence[str] = ()

    def strips(self, path: str) -> bool:
        return _matches(path, self.patterns) and not _matches(path, self.but)


RULES: Final[Sequence[Rule]] = (
    Rule(("bin/*", "pypdfium2_cli/*"), "commands: nobody has a shell there"),
    Rule(("*.pyi", "*/py.typed", "*-stubs/*"), "read by type checkers alone"),
    Rule(("*.c", "*.h", "*.pxd", "*.pxi", "*.pyx"), "sources of what is compiled"),
    Rule(("*/tests/*", "*/_testbase/*", "annotated_types/test_cases.py", "*/pytest_plugin.py"), "tests"),
    Rule(
        ("*.dist-info/*",),
        "how it was installed. What stays: versions and entry points are asked for, licences must be passed on",
        but=(
            "*/METADATA",
            "*/entry_points.txt",
            "*/licenses/*",
            "*/sboms/*",
            "*/LICEN[CS]E*",
            "*/NOTICE*",
            "*/COPYING*",
            "*/AUTHORS*",
        ),
    ),
    Rule(
        ("botocore/data/*",),
        "descriptions of services that nothing here calls",
        but=(
            *(f"botocore/data/{name}.json" for name in ("endpoints", "partitions", "sdk-default-configuration")),
            "botocore/data/_retry.json",
            "botocore/data/s3/*",
            "botocore/data/bedrock-runtime/*",
        ),
    ),
    Rule(("boto3/data/*", "boto3/examples/*"), "boto3's resources: clients alone are used"),
    Rule(
        ("aws_lambda_powertools/event_handler/*", "aws_lambda_powertools/utilities/*"),
        "logs and metrics alone are used",
        but=("aws_lambda_powertools/utilities/__init__.py", "aws_lambda_powertools/utilities/jmespath_utils/*"),
    ),
)


def stripped(path: str) -> bool:
    return any(rule.strips(path) for rule in RULES)


def _matches(path: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)
