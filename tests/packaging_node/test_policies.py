"""checkov has nothing to say of the packaged templates but what infra/checks/checkov.yml answers, check by check."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from infra.local.serverless import load_document
from tests.packaging_node.conftest import ROOT
from tests.packaging_node.packaged import Packaged

CHECKS: Final = ROOT / "infra" / "checks"
FAILED: Final = re.compile(r"^Check: (CKV\w+): .*\n\s+FAILED for resource: [\w:]+\.(\w+)$", re.MULTILINE)
SKIPPED: Final = re.compile(r"^  - (CKV\w+) # (.{20,})$", re.MULTILINE)


def test_every_exception_has_a_reason_and_is_needed(packaged: Mapping[str, Packaged], checkov: Path) -> None:
    reasons = dict(SKIPPED.findall((CHECKS / "checkov.yml").read_text("utf-8")))
    assert list(reasons) == load_document(CHECKS / "checkov.yml")["skip-check"]
    # The other stages have the same resources: test_templates.py.
    command = [str(checkov), "--framework", "cloudformation", "--skip-download", "--quiet", "--compact"]
    done = subprocess.run(
        [*command, "-f", str(packaged["prod"].path)],
        cwd=packaged["prod"].folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found = FAILED.findall(done.stdout)
    assert {check for check, _ in found} == set(reasons), done.stdout + done.stderr
    assert [resource for check, resource in found if check == "CKV_AWS_115"] == ["ApiLambdaFunction"]
