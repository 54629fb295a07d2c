"""What importing each function's handler costs a cold start, in processes of their own.

Beside a bare interpreter, which nobody can do without, and beside everything that requirements.txt names, which is
what a bundle with one big function would import.
"""

import asyncio
import sys
from pathlib import Path
from typing import Final

from tests.benchmarks.figures import Effort, Row, Timed, medians, row

ROOT: Final = Path(__file__).parents[2]
FUNCTIONS: Final = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))
EVERYTHING: Final = (
    "mangum, fastapi, httpx, qstash, upstash_redis, upstash_ratelimit, resend, boto3, motor.motor_asyncio, "
    "aws_lambda_powertools, aws_lambda_powertools.metrics, pydantic, email_validator, jwt, "
    "stamina, typst, pypdfium2, inscriptis, markdown_it, charset_normalizer, tantivy, Stemmer, asyncpg"
)


def _python(code: str) -> Timed:
    async def run() -> None:
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=ROOT)
        if await child.wait() != 0:
            raise RuntimeError(f"failed: {code}")

    return run


async def measure(effort: Effort) -> list[Row]:
    functions = FUNCTIONS if effort.cold is None else effort.cold
    handlers = [_python(f"import functions.{name}.handler") for name in functions]
    bare, everything, *ours = await medians(effort.rounds, _python("pass"), _python(f"import {EVERYTHING}"), *handlers)
    rows = []
    for name, took in zip(functions, ours, strict=True):
        rows.append(row(f"cold import of {name}", took, "ms", "bare interpreter", bare))
        rows.append(row(f"cold import of {name}", took, "ms", "all of requirements.txt", everything))
    return rows
