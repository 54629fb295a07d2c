"""The code on docs/redis.md does what the page says, on the real servers."""

import ast
import inspect
import re
from pathlib import Path
from typing import Any, Final

from shared.clock import World
from shared.database import Database
from shared.redis import Redis

PAGE: Final = Path(__file__).parents[3] / "docs" / "redis.md"


async def test_the_code_of_the_page_runs(redis: Redis, database: Database) -> None:
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    await database.invoices.insert_one({"_id": 17, "paid": False})
    asked: list[str] = []

    async def read_rates() -> dict[str, float]:
        asked.append("rates")
        return {"USD": 1.1}

    seen: dict[str, Any] = {"redis": redis, "world": World(), "database": database, "read_rates": read_rates}
    compiled = compile(code, str(PAGE), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    running = eval(compiled, seen)
    if inspect.iscoroutine(running):
        await running
    assert (seen["rates"], asked) == ({"USD": 1.1}, ["rates"])
    assert seen["taken"].used == 1_200
    invoice = await database.invoices.find_one({"_id": 17})
    assert invoice is not None
    assert invoice["paid"] is True
