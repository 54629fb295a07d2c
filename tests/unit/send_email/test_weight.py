"""What a cold start of the mail job imports: each of these is a tenth of a second or more that it does not need."""

import json
import subprocess
import sys

NOT_AT_ALL = {"fastapi", "mangum", "boto3", "botocore.session", "uvicorn", "starlette", "tantivy", "typst"}
"""Powertools imports the bare name `botocore` (1 ms) to register itself, and nothing below it."""
NOT_BEFORE_THE_CLAIM = {"resend", "requests", "upstash_redis"}
LIST_MODULES = "import json, sys; import functions.send_email.handler; print(json.dumps(sorted(sys.modules)))"


def test_importing_the_handler_imports_no_library_that_it_has_no_use_for() -> None:
    listed = subprocess.run([sys.executable, "-c", LIST_MODULES], check=True, capture_output=True, text=True)
    imported = set(json.loads(listed.stdout))
    assert "functions.send_email.handler" in imported
    assert imported & NOT_AT_ALL == set()
    assert imported & NOT_BEFORE_THE_CLAIM == set()
